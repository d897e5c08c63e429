import errno

import pytest

from stance.destination import choose
from stance.errors import OutputError
from stance.work_folder import claim, errors_about, has_run, is_moving, note

RUN = {"input": {"a.csv": {"sha256": "1"}}, "option": {"text_column": "text"}}


@pytest.fixture
def destination(tmp_path):
    return choose(tmp_path / "out.csv")


def leave(destination, started_with=RUN):
    """An interrupted run with a finished part."""
    with claim(destination, started_with, restart=False):
        (destination.work / "part-00000.summary.json").write_text("{}", "utf-8")


def start(destination, started_with=RUN, restart=False):
    with claim(destination, started_with, restart=restart):
        return sorted(path.name for path in destination.work.iterdir())


def test_an_interrupted_run_is_gone_on_with(destination):
    leave(destination)
    assert has_run(destination)
    assert start(destination) == ["part-00000.summary.json", "run.json"]
    assert start(destination, restart=True) == ["run.json"]
    assert not destination.work.exists()  # nothing was finished


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"input": {"a.csv": {"sha256": "2"}}}, r"another input a\.csv \(its content has changed"),
        ({"input": {"a.csv": {"sha256": "1"}, "b.csv": {"sha256": "1"}}}, r"no input b\.csv"),
        ({"option": {"text_column": "b"}}, r"another option text_column \('text', now 'b'\)"),
    ],
)
def test_another_run_is_refused_with_the_way_out(destination, change, message):
    leave(destination)
    with pytest.raises(OutputError, match=message + r".*go on, or pass --restart"):
        start(destination, RUN | change)
    assert start(destination, RUN | change, restart=True) == ["run.json"]


def test_where_nothing_was_finished_another_run_begins(destination):
    destination.work.mkdir()
    (destination.work / "run.json").write_text('{"started_with": {"option": 1}}', "utf-8")
    assert start(destination) == ["run.json"]


def test_a_folder_of_others_is_left_alone(destination):
    destination.work.mkdir()
    (destination.work / "mine").touch()
    for restart in (False, True):
        with pytest.raises(OutputError, match="is no folder of an interrupted run"):
            start(destination, restart=restart)
    assert [path.name for path in destination.work.iterdir()] == ["mine"]


def test_two_runs_do_not_meet(destination):
    with claim(destination, RUN, restart=False):
        for restart in (False, True):
            with pytest.raises(OutputError, match=r"out\.csv: another run is writing it"):
                start(destination, restart=restart)
        assert has_run(destination)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"started_with": 1}'])
def test_a_state_that_another_program_changed(destination, content):
    leave(destination)
    (destination.work / "run.json").write_text(content, "utf-8")
    with pytest.raises(OutputError, match=r"run\.json: damaged; .*--restart"):
        start(destination)
    assert start(destination, restart=True) == ["run.json"]


def test_what_is_noted_stays(destination):
    leave(destination)
    assert not is_moving(destination)
    note(destination, ready=["a"])
    assert is_moving(destination)
    assert "part-00000.summary.json" in start(destination)


def test_a_run_that_was_killed_while_its_folder_was_removed_is_not_begun_anew(destination):
    leave(destination)
    note(destination, ready=["a"])
    (destination.work / "part-00000.summary.json").unlink()
    start(destination)
    assert is_moving(destination)


def test_a_new_folder_goes_with_a_run_that_failed(tmp_path):
    destination = choose(tmp_path / "new", folder=True)
    with pytest.raises(ValueError, match="x"), claim(destination, RUN, restart=False):
        raise ValueError("x")
    assert not [*tmp_path.iterdir()]


def test_a_full_disk_says_how_to_go_on(destination):
    message = "the disk is full; nothing finished was lost; make room and run the same command"
    with pytest.raises(OutputError, match=message), errors_about(destination):
        raise OSError(errno.ENOSPC, "No space left on device")
