import json

import pytest

from stance import work_folder
from stance.destination import choose
from stance.errors import OutputError
from stance.parts import Parts
from stance.readers import Reject
from stance.summary import Summary

COLUMNS = {"n": int}


@pytest.fixture(params=["out.csv", "out/"])
def destination(request, tmp_path):
    return choose(tmp_path / request.param, "csv", folder=request.param.endswith("/"))


def write(parts, *numbers):
    for i in numbers:
        rejects = [Reject(i, "x")] if i == 1 else []
        parts.write(i, [{"n": i}], Summary(1, len(rejects), 1, rejects=rejects))


def test_parts_are_joined_and_moved(destination):
    with work_folder.claim(destination, {"a": 1}, restart=False):
        parts = Parts(destination, COLUMNS)
        write(parts, 0, 2, 1)
        assert parts.finished() == [0, 1, 2]
        summary = parts.summary()
        assert (summary.rows, summary.rejects) == (4, [Reject(1, "x")])
        assert not parts.are_joined()
        parts.join("the manifest")
        assert parts.are_joined()
        parts.move(overwrite=False)
    assert not destination.work.exists()
    assert destination.manifest.read_text("utf-8") == "the manifest"
    assert json.loads(destination.rejects.read_text("utf-8")) == {"row": 1, "reason": "x"}
    if destination.is_folder:
        found = [path.read_text("utf-8") for path in sorted(destination.path.glob("part-*"))]
        assert found == ["n\n0\n", "n\n1\n", "n\n2\n"]
    else:
        assert destination.path.read_text("utf-8") == "n\n0\n1\n2\n"


def test_a_part_without_its_summary_is_none(destination):
    with work_folder.claim(destination, {"a": 1}, restart=False):
        parts = Parts(destination, COLUMNS)
        write(parts, 0, 1)
        (destination.work / "part-00001.summary.json").unlink()
        assert parts.finished() == [0]


def test_a_summary_that_another_program_changed(destination):
    with work_folder.claim(destination, {"a": 1}, restart=False):
        parts = Parts(destination, COLUMNS)
        write(parts, 0)
        for content in ("", "{}", "[]"):
            (destination.work / "part-00000.summary.json").write_text(content, "utf-8")
            with pytest.raises(OutputError, match=r"summary\.json: damaged; .*--restart"):
                parts.summary()


def test_what_was_made_meanwhile_is_not_replaced(destination):
    def run():
        with work_folder.claim(destination, {"a": 1}, restart=False):
            parts = Parts(destination, COLUMNS)
            if not parts.are_joined():
                write(parts, 0, 1)
                parts.join("new")
            parts.move(overwrite=False)

    destination.home.mkdir(exist_ok=True)
    destination.manifest.write_text("mine", "utf-8")
    with pytest.raises(OutputError, match=r"made meanwhile; .*whole, run the same command again"):
        run()
    assert destination.manifest.read_text("utf-8") == "mine"
    destination.manifest.unlink()
    run()
    assert destination.manifest.read_text("utf-8") == "new"
