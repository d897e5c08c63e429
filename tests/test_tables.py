import json
import os
import subprocess
import sys

import killed_runs
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import LABELS, stance_rows, write_jsonl
from hypothesis import given, settings
from hypothesis import strategies as st

from stance import StanceClassifier, chunks, readers, tables
from stance.errors import InputError, OutputError

OWN = [
    "row", "sentence_index", "start", "end", "sentence", "label", "score",
    *(f"p_{label}" for label in LABELS), "truncated", "target", "not_dutch",
]  # fmt: skip
DOCUMENTS = [
    {"id": "a", "text": "De sancties blijven. Dat klopt.\n\nDe trein was laat.", "n": 1},
    {"id": "b", "text": "The quick brown fox jumps over the lazy dog again and again.", "n": 2},
]


@pytest.fixture(scope="module")
def classifier(trained_folder):
    return StanceClassifier.from_pretrained(trained_folder)


def label(source, out, classifier, **options):
    job = tables.prepare(source, out, **options)
    summary = tables.run(job, classifier)
    return summary, [row.values for row in readers.open_table(out).rows()]


@pytest.mark.parametrize("fmt", ["csv", "tsv", "jsonl", "parquet"])
def test_every_document_becomes_its_sentences(tmp_path, classifier, fmt):
    source = write_jsonl(tmp_path / "in.jsonl", DOCUMENTS)
    summary, rows = label(source, tmp_path / f"out.{fmt}", classifier)
    assert [*rows[0]] == ["id", "n", *OWN]
    assert [row["sentence"] for row in rows][:3] == [
        "De sancties blijven.",
        "Dat klopt.",
        "De trein was laat.",
    ]
    for row in rows:
        document = DOCUMENTS[int(row["row"]) - 1]
        assert document["text"][int(row["start"]) : int(row["end"])] == row["sentence"]
        assert row["id"] == document["id"]
        assert row["label"] in LABELS
    assert [str(row["not_dutch"]).lower() for row in rows] == ["false"] * 3 + ["true"]
    assert (summary.rows, summary.labelled_rows, summary.sentences) == (2, 2, 4)
    assert summary.not_dutch_rows == 1
    assert sum(summary.labels.values()) == 4


def test_labels_equal_those_in_memory(tmp_path, classifier):
    source = write_jsonl(tmp_path / "in.jsonl", DOCUMENTS)
    _, rows = label(source, tmp_path / "out.jsonl", classifier)
    expected = [one for doc in DOCUMENTS for one in classifier.predict_document(doc["text"])]
    for row, one in zip(rows, expected, strict=True):
        assert row["score"] == pytest.approx(one.score, abs=0.03)
        assert [row[f"p_{name}"] for name in LABELS] == pytest.approx(
            [*one.probabilities.values()], abs=0.03
        )


def test_rows_that_are_sentences_with_their_context(tmp_path, classifier):
    rows = stance_rows()[:8]
    source = write_jsonl(tmp_path / "in.jsonl", rows)
    _, labelled = label(
        source, tmp_path / "out.jsonl", classifier, context_column="context", sentences=True
    )
    assert len(labelled) == 8
    expected = classifier.predict([r["text"] for r in rows], [r["context"] for r in rows])
    assert [row["label"] for row in labelled] == [one.label for one in expected]
    assert labelled[0]["input_label"] == rows[0]["label"]  # the name `label` is ours


def test_rows_that_cannot_be_used_are_listed(tmp_path, classifier):
    source = tmp_path / "in.jsonl"
    values = ["Een zin.", None, 7, "", "   ", "nul\0byte", "Nog een zin."]
    write_jsonl(source, [{"text": value} for value in values])
    source.write_text(source.read_text("utf-8") + "{broken\n", "utf-8")
    summary, rows = label(source, tmp_path / "out.csv", classifier)
    assert [int(row["row"]) for row in rows] == [1, 7]
    assert (summary.rows, summary.labelled_rows, summary.rejected_rows) == (8, 2, 6)
    listing = (tmp_path / "out.csv.rejects.jsonl").read_text("utf-8").splitlines()
    reasons = {one["row"]: one["reason"] for one in map(json.loads, listing)}
    assert set(reasons) == {2, 3, 4, 5, 6, 8}
    assert reasons[2] == "column text is missing"
    assert "int (7)" in reasons[3]
    assert "NUL" in reasons[6]
    assert "line 8: not JSON" in reasons[8]


def test_the_manifest_says_what_was_done(tmp_path, classifier):
    source = write_jsonl(tmp_path / "in.jsonl", DOCUMENTS)
    label(source, tmp_path / "out.csv", classifier)
    manifest = json.loads((tmp_path / "out.csv.manifest.json").read_text("utf-8"))
    assert manifest["model"]["sha256"] == classifier.digest()
    assert manifest["counts"]["sentences"] == 4
    assert manifest["options"]["sentences"] is False
    assert manifest["inputs"][0]["name"] == "in.jsonl"
    assert len(manifest["inputs"][0]["sha256"]) == 64
    assert manifest["seconds"] > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "in.jsonl",
        "out.csv",
        "out.csv.manifest.json",
    ]


def test_when_no_row_can_be_used_nothing_is_written(tmp_path, classifier):
    source = write_jsonl(tmp_path / "in.jsonl", [{"text": ""}, {"text": None}])
    job = tables.prepare(source, tmp_path / "out.csv")
    with pytest.raises(InputError, match="none of 2 rows can be labelled"):
        tables.run(job, classifier)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_parquet_columns_keep_their_types(tmp_path, classifier):
    table = pa.table({"text": ["Een zin."], "n": pa.array([1], pa.int16()), "l": [[1, 2]]})
    pq.write_table(table, tmp_path / "in.parquet")
    label(tmp_path / "in.parquet", tmp_path / "out.parquet", classifier)
    schema = pq.read_schema(tmp_path / "out.parquet")
    assert schema.field("n").type == pa.int16()
    assert schema.field("l").type == pa.list_(pa.int64())


def test_many_rows_in_many_portions(tmp_path, classifier, monkeypatch):
    """Portions change nothing but speed: rows stay in order and none is lost."""
    rows = [{"text": row["text"]} for row in stance_rows()]
    source = write_jsonl(tmp_path / "in.jsonl", rows)
    done = []
    monkeypatch.setattr(chunks, "ROWS", 7)
    job = tables.prepare(source, tmp_path / "out.jsonl", sentences=True)
    tables.run(job, classifier, done.append)
    assert sum(done) == 100
    assert len(done) > 10
    labelled = [row.values for row in readers.open_table(tmp_path / "out.jsonl").rows()]
    assert [row["sentence"] for row in labelled] == [row["text"] for row in rows]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"text_column": "body"}, InputError, "no column 'body'; it has id, text, n"),
        ({"context_column": "before"}, InputError, "no column 'before'"),
    ],
)
def test_columns_are_checked_first(tmp_path, options, error, message):
    source = write_jsonl(tmp_path / "in.jsonl", DOCUMENTS)
    with pytest.raises(error, match=message):
        tables.prepare(source, tmp_path / "out.csv", **options)


def test_a_parquet_text_column_of_numbers(tmp_path):
    pq.write_table(pa.table({"text": [1, 2]}), tmp_path / "in.parquet")
    with pytest.raises(InputError, match="holds int64, expected text"):
        tables.prepare(tmp_path / "in.parquet", tmp_path / "out.csv")


def test_the_input_is_never_the_output(tmp_path):
    source = write_jsonl(tmp_path / "in.jsonl", DOCUMENTS)
    with pytest.raises(OutputError, match="is the input itself"):
        tables.prepare(source, source, overwrite=True)


def test_a_line_of_two_megabytes(tmp_path, classifier):
    text = "De sancties blijven. " * 50_000 + "A" + "a" * 1_000_000
    source = write_jsonl(tmp_path / "in.jsonl", [{"text": text}])
    summary, rows = label(source, tmp_path / "out.jsonl", classifier)
    assert summary.sentences == len(rows) == 50_001
    assert rows[-1]["truncated"] is True


NAMES = st.lists(
    st.sampled_from(["text", "row", "label", "input_label", "input_input_label", "score", "x"]),
    unique=True,
    min_size=1,
).filter(lambda names: "text" in names)


@settings(max_examples=30, deadline=None)
@given(names=NAMES)
def test_no_column_of_the_input_is_lost_or_overwritten(names, linear_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    row = {name: f"waarde {i}" for i, name in enumerate(names)}
    source = write_jsonl(folder / "in.jsonl", [row])
    classifier = StanceClassifier.from_pretrained(linear_folder)
    _, (labelled,) = label(source, folder / "out.jsonl", classifier, sentences=True)
    assert labelled["row"] == 1
    kept = {value for name, value in row.items() if name != "text"}
    assert kept <= set(map(str, labelled.values()))


SIDE = ["out.csv.manifest.json", "out.csv.rejects.jsonl"]


@pytest.mark.parametrize("name", SIDE)
def test_no_file_beside_the_output_is_replaced_unasked(tmp_path, classifier, name):
    source = write_jsonl(tmp_path / "in.jsonl", [*DOCUMENTS, {"text": ""}])
    (tmp_path / name).write_text("mine", "utf-8")
    with pytest.raises(OutputError, match=f"{name}: exists; choose another name or pass --over"):
        tables.prepare(source, tmp_path / "out.csv")
    assert (tmp_path / name).read_text("utf-8") == "mine"
    label(source, tmp_path / "out.csv", classifier, overwrite=True)
    assert (tmp_path / name).read_text("utf-8") != "mine"


@pytest.mark.parametrize("name", SIDE)
def test_the_input_may_not_stand_where_a_file_beside_the_output_goes(tmp_path, name):
    source = write_jsonl(tmp_path / name, DOCUMENTS)
    with pytest.raises(OutputError, match="is the input itself"):
        tables.prepare(source, tmp_path / "out.csv", source_format="jsonl", overwrite=True)


def test_names_beside_the_output_that_cannot_be(tmp_path):
    source = write_jsonl(tmp_path / "in.jsonl", DOCUMENTS)
    with pytest.raises(OutputError, match=r"manifest\.json: cannot be written"):
        tables.prepare(source, tmp_path / ("x" * 245 + ".csv"))
    (tmp_path / SIDE[1]).mkdir()
    with pytest.raises(OutputError, match="is a folder, expected a file name"):
        tables.prepare(source, tmp_path / "out.csv", overwrite=True)


def test_the_output_is_checked_before_what_is_beside_it(tmp_path, classifier):
    source = write_jsonl(tmp_path / "in.jsonl", DOCUMENTS)
    label(source, tmp_path / "out.csv", classifier)
    with pytest.raises(OutputError, match=r"out\.csv: exists"):
        tables.prepare(source, tmp_path / "out.csv")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link.csv").symlink_to(tmp_path / "pipe")
    with pytest.raises(OutputError, match=r"link\.csv: is no regular file; use - for standard"):
        tables.prepare(source, tmp_path / "link.csv", overwrite=True)


def test_an_output_behind_a_link(tmp_path, classifier):
    source = write_jsonl(tmp_path / "in.jsonl", DOCUMENTS)
    (tmp_path / "real").mkdir()
    (tmp_path / "out.csv").symlink_to(tmp_path / "real" / "first.csv")
    for overwrite in (False, True):
        label(source, tmp_path / "out.csv", classifier, overwrite=overwrite)
    assert (tmp_path / "out.csv").is_symlink()
    assert sorted(path.name for path in (tmp_path / "real").iterdir()) == [
        "first.csv",
        "first.csv.manifest.json",
    ]


def test_an_input_that_goes_while_it_is_labelled_costs_no_work(tmp_path, classifier):
    source = write_jsonl(tmp_path / "in.jsonl", DOCUMENTS)
    job = tables.prepare(source, tmp_path / "out.csv")
    tables.run(job, classifier, lambda _: source.unlink(missing_ok=True))
    assert len([*tmp_path.iterdir()]) == 2


def big_input(tmp_path):
    """Fifteen chunks, among them rows that cannot be used and columns of several types."""
    rows = [{"text": f"Zin {i}." if i % 9 else None, "n": i, "x": [i]} for i in range(104)]
    return write_jsonl(tmp_path / "in.jsonl", rows)


def content(folder):
    """What a run wrote, but for the manifest, which tells the time it took."""
    return {
        path.relative_to(folder).as_posix(): pq.read_table(path)
        if path.suffix == ".parquet"
        else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith("manifest.json")
    }


def kill_and_go_on(tmp_path, out, seed, kills):
    source = big_input(tmp_path)
    for name in ("undisturbed", "killed"):
        (tmp_path / name).mkdir()
    script = [sys.executable, killed_runs.__file__, str(source)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}

    def run(folder, *arguments):
        command = [*script, str(tmp_path / folder) + f"/{out}", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    assert run("undisturbed", 0, 0) == 0
    killed = run("killed", seed, kills)
    assert killed > 2
    assert content(tmp_path / "killed") == content(tmp_path / "undisturbed")
    (manifest,) = (tmp_path / "killed").rglob("*manifest.json")
    counts = json.loads(manifest.read_text("utf-8"))["counts"]
    assert (counts["rows"], counts["rejected_rows"]) == (104, 12)


@pytest.mark.parametrize("out", ["out.csv", "out.jsonl", "out.parquet", "out/"])
def test_killed_at_random_points_and_started_again(tmp_path, out):
    kill_and_go_on(tmp_path, out, seed=1, kills=10)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 10))
@pytest.mark.parametrize("out", ["out.csv", "out.parquet", "out/"])
def test_killed_again_and_again(tmp_path, out, seed):
    kill_and_go_on(tmp_path, out, seed=seed, kills=60)


def test_a_run_with_finished_parts_is_not_mixed_with_another(tmp_path, monkeypatch):
    monkeypatch.setattr(chunks, "ROWS", 7)
    source, out = big_input(tmp_path), tmp_path / "out.csv"

    def interrupted(_):
        if [*tmp_path.glob("out.csv.parts/part-*.summary.json")]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tables.run(tables.prepare(source, out), killed_runs.HashingClassifier(), interrupted)
    source.write_text(source.read_text("utf-8").replace("Zin 5.", "Zin vijf."), "utf-8")
    with pytest.raises(OutputError, match=r"another input in\.jsonl \(its content has changed"):
        killed_runs.label(source, out)
    assert killed_runs.label(source, out, restart=True).rows == 104
    assert "Zin vijf." in out.read_text("utf-8")


def test_a_folder_goes_in_and_out(tmp_path, monkeypatch):
    monkeypatch.setattr(chunks, "ROWS", 7)
    (tmp_path / "in").mkdir()
    big_input(tmp_path / "in")
    (tmp_path / "in" / "a.txt").write_text("Een zin. Nog een.", "utf-8")
    out = tmp_path / "out"
    for _ in range(2):  # the second replaces the first
        killed_runs.label(
            tmp_path / "in", out, out_is_folder=True, out_format="csv", overwrite=True
        )
    names = sorted(path.name for path in out.iterdir())
    assert names[:2] == ["manifest.json", "part-00000.csv"]
    assert names[-1] == "rejects.jsonl"
    assert len(names) == 2 + 15
    parts = sorted(out.glob("part-*"))
    rows = [row.values for path in parts for row in readers.open_table(path).rows()]
    assert [rows[0]["file"], rows[2]["file"]] == ["a.txt", "in.jsonl"]
    assert [int(row["row"]) for row in rows[:4]] == [1, 1, 2, 3]
    first = json.loads((out / "rejects.jsonl").read_text("utf-8").splitlines()[0])
    assert first == {"file": "in.jsonl", "row": 1, "reason": "column text is missing"}


def test_an_input_that_changes_while_it_is_read(tmp_path):
    source = big_input(tmp_path)
    job = tables.prepare(source, tmp_path / "out.csv")
    with source.open("a", encoding="utf-8") as file:
        file.write('{"text": "Nog een."}\n')
    with pytest.raises(InputError, match=r"has changed while it was read: 105 rows, when .* 104"):
        tables.run(job, killed_runs.HashingClassifier())
    assert not (tmp_path / "out.csv").exists()
