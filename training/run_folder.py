"""The folder a training run writes: free, claimed by a run, interrupted or finished."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from safetensors import SafetensorError

from stance.errors import ConfigError, ModelError, OutputError, StanceError
from stance.model_folder import read_json
from training.settings import Section
from training.yaml_file import dump_yaml, read_yaml

CONFIG_FILE: Final = "train_config.yaml"
METRICS_FILE: Final = "metrics.json"
"""Written last: a folder that has it is finished."""
PRETRAIN_METRICS_FILE: Final = "pretrain_metrics.json"
"""The same of a pretraining run."""
CHECKPOINTS: Final = "checkpoints"
_LITTLE_SPACE: Final = 10_000_000
"""Bytes; where less is free, a failure in writing is the disk's."""


class _Intervals(BaseModel):
    macro_f1: tuple[float, float]


class _Part(BaseModel):
    n: int
    macro_f1: float
    intervals: _Intervals


class _Scores(BaseModel):
    """What is relied on of the scores in a file."""

    validation: _Part
    test: _Part | None = None


def check_folder(out: Path, *, resume: bool, finished: str = METRICS_FILE) -> None:
    """Refuse a folder that must not be touched, before any work.

    Args:
        out: the folder of a run.
        resume: whether it may hold a run to go on with.
        finished: the file that marks a finished run.

    Raises:
        OutputError: if `out` is no folder, cannot be read, or holds something else than the run
            that is to be resumed.
    """
    try:
        if out.exists() and not out.is_dir():
            raise OutputError(f"{out}: is a file, expected a folder to write.")
        if not out.exists() or not any(out.iterdir()):
            return
    except OSError as error:
        raise OutputError(f"{out}: cannot be used ({error.strerror}).") from None
    if not resume:
        raise OutputError(
            f"{out}: is not empty; choose another folder with --out, or pass --resume to go on "
            "with an interrupted run."
        )
    if not (out / finished).exists() and not (out / CHECKPOINTS / CONFIG_FILE).exists():
        raise OutputError(f"{out}: holds no interrupted run to resume; choose another folder.")


def read_scores(path: Path, way_out: str) -> dict[str, Any]:
    """Scores that a run saved, as `stance.metrics.score` gave them, by split.

    Args:
        path: ``metrics.json``, or the scores of one seed.
        way_out: what to do if they are damaged.

    Raises:
        ModelError: if they are missing or damaged.
    """
    try:
        found: dict[str, Any] = read_json(path)
        _Scores.model_validate(found)
    except (ModelError, ValidationError):
        raise ModelError(f"{path}: damaged, expected the scores of a run; {way_out}.") from None
    return found


def claim(out: Path, config: Section, data_digest: str, *, resume: bool) -> None:
    """Make the folder, or check that the run in it is this one.

    Raises:
        ConfigError: if the run in it had other settings or data.
        ModelError: if what it says of its settings is damaged.
        OutputError: if it cannot be written.
    """
    state = out / CHECKPOINTS / CONFIG_FILE
    now = {"config": config.model_dump(mode="json"), "data": data_digest}
    if resume and state.exists():
        before = _read_state(state)
        if before != now:
            raise ConfigError(
                f"{out}: the interrupted run had {_difference(before, now)}; resume it with the "
                "same settings and data, or choose another folder."
            )
        return
    with writing(out):
        state.parent.mkdir(parents=True, exist_ok=True)
        state.write_text(dump_yaml(now), encoding="utf-8")


@contextmanager
def claimed(out: Path, config: Section, data_digest: str, *, resume: bool) -> Iterator[None]:
    """A run in its folder: claimed for it, and given back if no training came of it.

    Raises:
        ConfigError: as `claim`.
        ModelError: as `claim`.
        OutputError: if writing fails.
    """
    claim(out, config, data_digest, resume=resume)
    try:
        with writing(out):
            yield
    except StanceError:
        give_back(out)
        raise


def _read_state(path: Path) -> dict[str, Any]:
    """What the interrupted run was started with."""
    try:
        found: dict[str, Any] = read_yaml(path).value
    except ConfigError:
        found = {}
    if isinstance(found.get("config"), dict) and isinstance(found.get("data"), str):
        return found
    raise ModelError(
        f"{path}: damaged, expected the settings of the interrupted run; put the file back, or "
        "choose another folder."
    )


def _difference(before: Mapping[str, Any], now: Mapping[str, Any], key: str = "") -> str:
    """The first setting in which two runs differ."""
    for name in {**before, **now}:
        old, new = before.get(name), now.get(name)
        if old != new:
            path = f"{key}.{name}".removeprefix(".").removeprefix("config.")
            if isinstance(old, dict) and isinstance(new, dict):
                return _difference(old, new, path)
            return f"{path} {old!r:.60}, this one has {new!r:.60}"
    return "other settings"


def give_back(out: Path) -> None:
    """Remove what `claim` made if no training came of it, so that the next start finds room."""
    checkpoints = out / CHECKPOINTS
    if any(checkpoints.glob("**/checkpoint-*")) or any(checkpoints.glob("seed-*/best")):
        return
    shutil.rmtree(checkpoints, ignore_errors=True)
    if not any(out.iterdir()):
        out.rmdir()


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """A failure in writing, of whatever class, as one that says how to go on.

    Raises:
        OutputError: if writing fails.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or f"{error}"[:200]
    except (RuntimeError, SafetensorError) as error:
        if shutil.disk_usage(out).free > _LITTLE_SPACE and not _is_write_fault(error):
            raise
        reason = "the disk is full"
    else:
        return
    raise OutputError(f"{out}: cannot be written ({reason}); make room and pass --resume.")


def _is_write_fault(error: Exception) -> bool:
    """Whether torch or safetensors failed in writing; they have no class for it."""
    return any(sign in str(error) for sign in ("inline_container", "No space", "too large"))
