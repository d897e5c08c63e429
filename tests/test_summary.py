import json
import os
from pathlib import Path

import pytest

from stance.errors import InputError
from stance.readers import Reject
from stance.summary import (
    Summary,
    describe_file,
    manifest_path,
    rejects_path,
    write_manifest,
    write_rejects,
)


def test_the_files_are_named_after_the_output():
    assert manifest_path(Path("a/out.csv")) == Path("a/out.csv.manifest.json")
    assert rejects_path(Path("a/out.csv")) == Path("a/out.csv.rejects.jsonl")


def test_the_list_of_rejected_rows(tmp_path):
    write_rejects(tmp_path / "none", Summary(labelled_rows=1))
    assert not (tmp_path / "none").exists()
    write_rejects(tmp_path / "some", Summary(rejects=[Reject(2, "is empty: \udcff")]))
    assert json.loads((tmp_path / "some").read_text("utf-8")) == {
        "row": 2,
        "reason": "is empty: \udcff",
    }


def test_a_manifest_of_a_file_whose_name_is_no_utf8(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    path.write_text("x", "utf-8")
    summary = Summary(labelled_rows=2, rejects=[Reject(1, "x")])
    write_manifest(
        tmp_path / "m.json", summary, source=describe_file(path), model={}, options={"a": None}
    )
    content = json.loads((tmp_path / "m.json").read_text("utf-8"))
    assert content["input"]["name"] == "caf?.csv"
    assert len(content["input"]["sha256"]) == 64
    assert content["counts"]["rows"] == 3
    assert content["options"] == {"a": None}
    assert "syntok" in content["versions"]


def test_an_input_that_is_gone(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        describe_file(tmp_path / "gone")
