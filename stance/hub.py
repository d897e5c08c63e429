"""Models by their name on the Hugging Face hub: found in its cache, or fetched into it.

A name is ``user/name`` or ``user/name@revision``. `huggingface_hub` does the work, with its cache,
its login and its environment variables (``HF_HUB_OFFLINE``, ``HF_HOME``, ``HF_ENDPOINT``,
``HF_TOKEN``).
"""

import hashlib
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from stance.errors import ConfigError, MissingExtraError, ModelError, OutputError, StanceError
from stance.model_folder import SETTINGS_FILE, existing_folder

SUFFIXES: Final = (".json", ".txt", ".onnx", ".safetensors")
"""The kinds of file that a model is made of; none of them can hold code."""
_NAME: Final = re.compile(r"([A-Za-z0-9][\w.-]*/[\w.-]*[A-Za-z0-9])(?:@([^\s@]+))?", re.ASCII)
_DIGESTS: Final = {40: "sha1", 64: "sha256"}
"""The hub's digest of a file by its length: as of git, or, of large files, of the content."""


def find_model(model: str | Path | None, revision: str | None = None) -> Path:
    """Resolve a model argument to a folder.

    Args:
        model: a folder; its path; the name of a model on the hub; or None for the shipped model.
            A folder that is here comes before a model of the hub.
        revision: branch, tag or commit on the hub; None: as in the name, else ``main``.

    Raises:
        ConfigError: if a revision is given for a folder, or twice.
        ModelError: if there is no such folder, and no such model that can be fetched whole.
        OutputError: if the cache cannot be written.
        MissingExtraError: if `huggingface_hub` is not installed.
    """
    found = _on_hub(model)
    if found is None and revision is not None:
        shown = "the shipped model" if model is None else model
        raise ConfigError(
            f"{shown}: revision {revision!r:.80} is given, but only a model of the hub has "
            "revisions; leave it out, or give a name such as user/name."
        )
    if found is None:
        return existing_folder(model)
    repo, named = found
    if named and revision is not None:
        raise ConfigError(f"{model}: revision {revision!r:.80} is given too; name one of the two.")
    return _fetch(repo, named or revision)


def is_on_hub(model: str | Path | None) -> bool:
    """Whether a model argument is a name on the hub, not a folder that is here."""
    return _on_hub(model) is not None


def split_name(name: str) -> tuple[str, str | None] | None:
    """The repository and, if it is named, the revision; None if it is no name on the hub."""
    found = _NAME.fullmatch(name)
    return (found[1], found[2]) if found else None


def name_of(folder: Path) -> str:
    """What a folder is called elsewhere: ``user/name@commit`` in the cache of the hub."""
    if folder.parent.name == "snapshots" and folder.parent.parent.name.startswith("models--"):
        _, *name = folder.parent.parent.name.split("--")
        return f"{'/'.join(name)}@{folder.name}"
    return folder.name


def _on_hub(model: str | Path | None) -> tuple[str, str | None] | None:
    # A `Path` is a place on this machine, and what is here wins.
    if not isinstance(model, str) or (found := split_name(model)) is None:
        return None
    try:
        return None if Path(model).exists() else found
    except OSError:  # a name too long
        return None


def _fetch(repo: str, revision: str | None) -> Path:
    """The folder of a model in the cache, complete and as the hub has it."""
    name = f"{repo}@{revision}" if revision else repo
    hub = hub_library()
    with faults_of(name):
        folder = Path(
            hub.snapshot_download(
                repo,
                revision=revision,
                allow_patterns=[f"*{suffix}" for suffix in SUFFIXES],
                library_name="stance-nl",
            )
        )
    if not any((folder / one).exists() for one in (SETTINGS_FILE, "config.json")):
        raise ModelError(
            f"{name}: holds no model (neither {SETTINGS_FILE} nor config.json); check the name, or "
            "put a trained folder there with `stance push`."
        )
    _check_digests(folder, name)
    return folder


def hub_library() -> Any:
    """`huggingface_hub`, which labelling with a folder does not need; its bars on a terminal only.

    Raises:
        MissingExtraError: if it is not installed.
    """
    try:
        import huggingface_hub
        from huggingface_hub import constants
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError as error:
        raise MissingExtraError(
            f"{error.name} is not installed; models of the hub need `pip install huggingface_hub`. "
            "Without it, give a local folder."
        ) from None
    if not sys.stderr.isatty() and constants.HF_HUB_DISABLE_PROGRESS_BARS is None:
        disable_progress_bars()
    return huggingface_hub


def _check_digests(folder: Path, name: str) -> None:
    """Hold every file against the digest by which the cache names it.

    Raises:
        ModelError: if one differs: a broken disk, or a download that was tampered with.
    """
    for path in sorted(folder.rglob("*")):
        # Where the cache cannot make links it keeps no digests.
        if path.suffix not in SUFFIXES or not path.is_symlink():
            continue
        wanted = path.readlink().name
        if len(wanted) not in _DIGESTS:
            continue
        try:
            found = _digest(path, _DIGESTS[len(wanted)])
        except OSError as error:
            raise ModelError(f"{path}: cannot be read ({error.strerror}).") from None
        if found != wanted:
            raise ModelError(
                f"{name}: {path.relative_to(folder)} has the digest {found[:12]}..., expected "
                f"{wanted[:12]}...; the file is damaged. Fetch it again with "
                f"`hf download {name.replace('@', ' --revision ')} --force-download`."
            )


def _digest(path: Path, kind: str) -> str:
    with path.open("rb") as file:
        if kind == "sha256":
            return hashlib.file_digest(file, kind).hexdigest()
        head = b"blob %d\0" % path.stat().st_size  # as git names a file
        return hashlib.sha1(head + file.read(), usedforsecurity=False).hexdigest()


@contextmanager
def faults_of(name: str) -> Iterator[None]:
    """What goes wrong between here and the hub, as an error that says what to do.

    Args:
        name: the model, as the user wrote it.

    Raises:
        ModelError: if it cannot be fetched or put there.
        OutputError: if the cache cannot be written.
    """
    from huggingface_hub.utils.logging import get_verbosity, set_verbosity

    level = get_verbosity()
    if "HF_HUB_VERBOSITY" not in os.environ:  # else its own lines stand beside the one of the error
        set_verbosity(logging.ERROR)
    try:
        yield
    except Exception as error:  # those of its http library, which are not the same in each version
        raise _fault(error, name) from None
    finally:
        set_verbosity(level)


def _fault(error: Exception, name: str) -> StanceError:
    from huggingface_hub import constants, errors

    # That nothing is cached, or a file was not sent, has another error behind it.
    wrapped = isinstance(error, (errors.LocalEntryNotFoundError, RuntimeError))
    if wrapped and isinstance(error.__cause__, Exception):
        error = error.__cause__
    place, repo = constants.ENDPOINT, name.partition("@")[0]
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, errors.GatedRepoError):
        return ModelError(
            f"{name}: gated by its owner. Ask for access at {place}/{repo}, then log in with "
            "`hf auth login`."
        )
    if isinstance(error, errors.RepositoryNotFoundError):
        return ModelError(
            f"{name}: no such folder here, and no such model on {place}. Check the name; a "
            "private one needs `hf auth login` first."
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return ModelError(
            f"{name}: the model has no such revision; {place}/{repo}/tree/main shows its branches "
            "and tags."
        )
    if isinstance(error, (errors.OfflineModeIsEnabled, errors.LocalEntryNotFoundError)):
        return ModelError(
            f"{name}: no such folder here, not whole in the cache ({constants.HF_HUB_CACHE}), and "
            "HF_HUB_OFFLINE is set. Unset it once, or give a local folder."
        )
    if status in (401, 403):
        return ModelError(
            f"{name}: {place} refuses ({status}). Log in with `hf auth login`, with a token that "
            "has the rights."
        )
    if status is not None:
        return ModelError(f"{name}: {place} answers with an error ({status}); try again later.")
    errno = None if isinstance(error, ConnectionError) else getattr(error, "errno", None)
    if isinstance(error, OSError) and errno is not None:
        at = error.filename or constants.HF_HUB_CACHE
        return OutputError(
            f"{at}: cannot be written ({error.strerror}); make room, or set HF_HOME to a folder "
            "on another disk."
        )
    if isinstance(error, errors.HFValidationError):
        return ModelError(f"{name}: no such folder here, and no name that the hub allows.")
    reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
    return ModelError(
        f"{name}: {place} cannot be reached or breaks off ({reason}); check the connection and, if "
        "a folder was meant, its path."
    )
