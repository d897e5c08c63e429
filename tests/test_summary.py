import json
import os
from collections import Counter

import pytest

from stance.errors import InputError
from stance.readers import Reject
from stance.summary import MOST_KEPT, Summary, describe_file, manifest_text, write_rejects


def test_the_list_of_rejected_rows(tmp_path):
    write_rejects(tmp_path / "none", [])
    assert not (tmp_path / "none").exists()
    write_rejects(tmp_path / "some", [Reject(2, "is empty: \udcff"), Reject(1, "x", "a.csv")])
    assert [json.loads(line) for line in (tmp_path / "some").read_text("utf-8").splitlines()] == [
        {"row": 2, "reason": "is empty: \udcff"},
        {"file": "a.csv", "row": 1, "reason": "x"},
    ]


def test_a_sum_counts_all_rejected_rows_and_remembers_a_few():
    total = Summary()
    for i in range(3):
        rejects = [Reject(n, "x") for n in range(80)]
        total.add(Summary(1, 80, 5, labels=Counter(favor=i), seconds=0.5, rejects=rejects))
    total.add(Summary(abstained=2))
    assert total.counts()["abstained"] == 2
    assert (total.rows, total.rejected_rows, total.sentences, total.seconds) == (243, 240, 15, 1.5)
    assert total.labels["favor"] == 3
    assert len(total.rejects) == MOST_KEPT
    assert Summary.from_json(json.loads(json.dumps(total.to_json()))) == total


def test_a_manifest_of_a_file_whose_name_is_no_utf8(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    path.write_text("x", "utf-8")
    summary = Summary(labelled_rows=2, rejected_rows=1, sentences=3, seconds=2.0)
    content = json.loads(
        manifest_text(summary, inputs=[describe_file(path)], model={}, options={"a": None})
    )
    assert content["inputs"][0]["name"] == "caf?.csv"
    assert len(content["inputs"][0]["sha256"]) == 64
    assert content["counts"]["rows"] == 3
    assert content["options"] == {"a": None}
    assert (content["seconds"], content["sentences_per_second"]) == (2.0, 1.5)
    assert "syntok" in content["versions"]


def test_an_input_that_is_gone(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        describe_file(tmp_path / "gone")
