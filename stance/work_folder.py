"""The folder of a run that is underway: whose it is, and whether it can be gone on with."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from stance import writers
from stance.destination import Destination
from stance.errors import OutputError

try:
    import fcntl
except ImportError:  # on Windows two runs at once are not noticed
    fcntl = None  # type: ignore[assignment]

_STATE: Final = "run.json"
"""What the run was started with, and how far it has come beyond its parts."""


@contextmanager
def claim(
    destination: Destination, started_with: Mapping[str, Any], *, restart: bool
) -> Iterator[None]:
    """Hold the folder of a run, made anew or left by one that was interrupted.

    When the block ends with an error and nothing was finished, the folder is removed.

    Args:
        destination: where the output goes.
        started_with: all that decides what the rows become.
        restart: throw away what an interrupted run left.

    Raises:
        OutputError: if the folder is of another run, or another run is at work in it.
    """
    work = destination.work
    with errors_about(destination):
        is_new = not destination.home.exists()
        work.mkdir(parents=destination.is_folder, exist_ok=True)
    with _lock(destination):
        if restart and has_run(destination):
            _clear(work)
        _begin_or_go_on(destination, started_with)
        try:
            yield
        finally:
            if has_run(destination) and not _has_finished_work(destination):
                remove(destination)
            if is_new:
                with contextlib.suppress(OSError):
                    destination.home.rmdir()  # works only if it is empty


def has_run(destination: Destination) -> bool:
    """Whether an interrupted run left its folder."""
    return (destination.work / _STATE).exists()


def is_moving(destination: Destination) -> bool:
    """Whether an interrupted run had begun, or was about, to move its files to their names."""
    return has_run(destination) and "ready" in read_state(destination)


def remove(destination: Destination) -> None:
    """Remove the folder of a run with all that is in it."""
    with errors_about(destination):
        _clear(destination.work)
        destination.work.rmdir()


def read_state(destination: Destination) -> dict[str, Any]:
    """What is noted of the run.

    Raises:
        OutputError: if another program changed it.
    """
    path = destination.work / _STATE
    with errors_about(destination):
        try:
            found = json.loads(path.read_text("utf-8"))
            if isinstance(found["started_with"], dict):
                return dict(found)
        except (ValueError, KeyError, TypeError):
            pass
    raise OutputError(f"{path}: damaged; throw the parts away with --restart.")


def note(destination: Destination, **values: Any) -> None:
    """Note something of the run, for good."""
    with errors_about(destination):
        write_json(destination.work / _STATE, {**read_state(destination), **values})


def _begin_or_go_on(destination: Destination, started_with: Mapping[str, Any]) -> None:
    work = destination.work
    now = json.loads(json.dumps(started_with))
    if has_run(destination) and _has_finished_work(destination):
        before = read_state(destination)["started_with"]
        if before != now:
            raise OutputError(
                f"{work}: holds the parts of an interrupted run with {_difference(before, now)}; "
                "run it with the same input, model and options to go on, or pass --restart to "
                "throw the parts away."
            )
        return
    if not has_run(destination) and any(
        not one.name.startswith(f".{_STATE}") for one in work.iterdir()
    ):
        raise OutputError(
            f"{work}: is no folder of an interrupted run, and one is needed there; move it away "
            "or choose another --out."
        )
    with errors_about(destination):
        write_json(work / _STATE, {"started_with": now})


def _has_finished_work(destination: Destination) -> bool:
    return any(destination.work.glob("part-*.summary.json")) or is_moving(destination)


def _difference(before: Mapping[str, Any], now: Mapping[str, Any], key: str = "") -> str:
    """The first thing in which two runs differ."""
    for name in {**before, **now}:
        old, new = before.get(name), now.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            return _difference(old, new, f"{key}{name} ")
        if name == "sha256":
            return f"another {key.strip()} (its content has changed)"
        if old is None or new is None or isinstance(old, dict) or isinstance(new, dict):
            return f"{'no ' if old is None else 'another '}{key}{name}"
        return f"another {key}{name} ({old!r:.60}, now {new!r:.60})"
    return "other settings"


@contextmanager
def errors_about(destination: Destination) -> Iterator[None]:
    """A failure in writing as one line that says how to go on."""
    advice = "nothing finished was lost; make room and run the same command again"
    with writers.errors_about(destination.path, advice):
        yield


@contextmanager
def _lock(destination: Destination) -> Iterator[None]:
    """Keep other runs out of the folder; the system lets go whatever becomes of this one."""
    if fcntl is None:
        yield
        return
    with errors_about(destination):
        number = os.open(destination.work, os.O_RDONLY)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(
                f"{destination.path}: another run is writing it; wait for its end."
            ) from None
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(number)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a small file so that it is there whole, and for good, or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(json.dumps(content), encoding="utf-8")
    sync(partial)
    partial.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Have the system put a file, or the names in a folder, on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _clear(work: Path) -> None:
    """Empty the folder of a run, and last of all forget which run it was."""
    for path in sorted(work.iterdir(), key=lambda one: one.name == _STATE):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
