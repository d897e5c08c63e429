import csv
import json

import pyarrow.parquet as pq
import pytest

from stance import tables
from stance.cli import labelling
from stance.errors import ConfigError
from stance.records import wanted


def test_a_document_is_shown(tmp_path, linear_folder, capsys):
    (tmp_path / "a.txt").write_text("De sancties tegen Mali blijven. De trein was laat.", "utf-8")
    labelling.show_document(tables.prepare(tmp_path / "a.txt", None), linear_folder)
    shown = capsys.readouterr().out
    assert "De sancties tegen Mali blijven." in shown
    assert "share" in shown


def test_a_file_is_labelled_and_summed_up(tmp_path, linear_folder, capsys):
    (tmp_path / "a.csv").write_text("text,n\nEen zin.,1\n,2\n", "utf-8")
    out = tmp_path / "out.csv"
    labelling.label_file(tables.prepare(tmp_path / "a.csv", out), linear_folder)
    said = capsys.readouterr().err
    assert "stance: 2 rows: 1 labelled, 1 rejected; 1 sentences" in said
    assert "out.csv.rejects.jsonl" in said
    assert len(out.read_text("utf-8").splitlines()) == 2


def test_a_folder_is_labelled_and_what_is_left_out_is_named(tmp_path, linear_folder, capsys):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Een zin.", "utf-8")
    (tmp_path / "in" / "b.jsonl").write_text('{"text": null}\n', "utf-8")
    for i in range(7):
        (tmp_path / "in" / f"{i}\x1b.pdf").touch()
    labelling.label_file(tables.prepare(tmp_path / "in", None), linear_folder)
    shown = capsys.readouterr()
    assert "left out for their suffix: 0\\x1b.pdf, 1" in shown.err
    assert "4\\x1b.pdf and 2 more." in shown.err
    assert "stance: b.jsonl, row 1 rejected: column text is missing" in shown.err
    assert shown.out.startswith("file,row,sentence_index")


def label_rows(holders_folder, tmp_path, out, **options):
    source = tmp_path / "in.csv"
    source.write_text(
        "text\nDe minister wil de sancties tegen Mali verlengen.\n"
        "De trein naar Mali had vanochtend weer vertraging.\n",
        "utf-8",
    )
    job = tables.prepare(source, tmp_path / out, sentences=True, **options)
    labelling.label_file(job, holders_folder)
    return tmp_path / out


def test_holders_go_into_files_of_every_kind(tmp_path, holders_folder):
    text = label_rows(holders_folder, tmp_path, "a.csv").read_text("utf-8")
    assert "De minister: favor" in text
    assert "Mali" in next(csv.DictReader(text.splitlines()))["target"]
    lines = label_rows(holders_folder, tmp_path, "a.jsonl").read_text("utf-8").splitlines()
    first, second = [json.loads(line) for line in lines]
    assert [(one["text"], one["start"], one["stance"]) for one in first["holders"]] == [
        ("De minister", 0, "favor")
    ]
    assert second["holders"] == []
    table = pq.read_table(label_rows(holders_folder, tmp_path, "a.parquet"))
    assert table.column("holders").to_pylist() == [first["holders"], []]


def test_a_row_a_holder_and_only_what_is_wanted(tmp_path, holders_folder, capsys):
    out = label_rows(holders_folder, tmp_path, "long.parquet", long_holders=True)
    assert pq.read_table(out).column("holder_text").to_pylist() == ["De minister"]
    assert "stance: 1 rows written." in capsys.readouterr().err
    manifest = json.loads((tmp_path / "long.parquet.manifest.json").read_text("utf-8"))
    assert (manifest["counts"]["sentences"], manifest["counts"]["written"]) == (2, 1)
    assert manifest["options"]["long_holders"] is True
    none = label_rows(holders_folder, tmp_path, "none.csv", wanted=wanted("Iran", None))
    assert len(none.read_text("utf-8").splitlines()) == 1
    one = label_rows(holders_folder, tmp_path, "one.csv", wanted=wanted(None, "Mali"))
    assert len(one.read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    ("options", "option"),
    [({"long_holders": True}, "--long-holders"), ({"wanted": wanted("Iran", None)}, "--holder")],
)
def test_a_model_that_tells_no_holders(tmp_path, linear_folder, options, option):
    with pytest.raises(ConfigError, match=f"{option}: the model .* tells no holders"):
        label_rows(linear_folder, tmp_path, "a.csv", **options)
    assert not (tmp_path / "a.csv").exists()


def test_the_sides_of_a_document_are_shown(tmp_path, holders_folder, capsys):
    path = tmp_path / "artikel.txt"
    path.write_text("De minister wil de sancties tegen Mali verlengen.\n", "utf-8")
    labelling.show_document(tables.prepare(path, None), holders_folder)
    shown = capsys.readouterr().out
    assert "share in favor" in shown
    assert "100% (21% to 100%)" in shown
