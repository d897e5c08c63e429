from stance import tables
from stance.cli import labelling


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
