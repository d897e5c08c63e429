from pathlib import Path

import pytest

from stance.destination import check, choose
from stance.errors import OutputError


def test_names_beside_a_file_and_in_a_folder(tmp_path):
    file = choose(tmp_path / "out.csv")
    assert (file.manifest.name, file.rejects.name, file.work.name) == (
        "out.csv.manifest.json",
        "out.csv.rejects.jsonl",
        "out.csv.parts",
    )
    folder = choose(tmp_path)
    assert folder.format == "parquet"
    assert folder.manifest == tmp_path / "manifest.json"
    assert {folder.work.parent, folder.home} == {tmp_path}
    assert choose(tmp_path / "new", "csv", folder=True).is_folder
    with pytest.raises(OutputError, match="the suffix is 'missing'"):
        choose(tmp_path / "new")


def checked(out, root, sources=(), overwrite=False, folder=False):
    destination = choose(out, folder=folder)
    check(destination, named=out, overwrite=overwrite, sources=[*sources], root=root)
    return destination


def test_the_output_never_lies_in_the_input(tmp_path):
    (tmp_path / "in").mkdir()
    for out, folder in ((Path("in/out.csv"), False), (Path("in"), True), (Path("in/a"), True)):
        with pytest.raises(OutputError, match=r"lies in the input .* choose a place outside"):
            checked(tmp_path / out, tmp_path / "in", folder=folder)
    with pytest.raises(OutputError, match="holds the input"):
        checked(tmp_path, tmp_path / "a.csv", [tmp_path / "a.csv"], folder=True)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    with pytest.raises(OutputError, match=r"is not empty; .*--overwrite"):
        checked(tmp_path / "full", tmp_path / "a.csv")
    checked(tmp_path / "full", tmp_path / "a.csv", overwrite=True)
    with pytest.raises(OutputError, match="is a file, expected a folder"):
        checked(tmp_path / "full" / "mine", tmp_path / "a.csv", folder=True)
    with pytest.raises(OutputError, match="no such folder"):
        checked(tmp_path / "no" / "out", tmp_path / "a.csv", folder=True)
    destination = checked(tmp_path / "new", tmp_path / "a.csv", folder=True)
    assert not destination.path.exists()


def test_what_an_earlier_run_left(tmp_path):
    for name in ("part-00000.csv", "part-00001.csv", "rejects.jsonl", "mine.csv"):
        (tmp_path / name).touch()
    old = choose(tmp_path).outdated(["part-00000.csv", "manifest.json"])
    assert {path.name for path in old if path.exists()} == {"part-00001.csv", "rejects.jsonl"}
