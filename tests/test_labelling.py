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
