"""A model folder to the Hugging Face hub, whole and without what is only of this machine."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from stance.errors import ConfigError, ModelError
from stance.hub import SUFFIXES, faults_of, hub_library, split_name
from stance.model_folder import (
    HOLDERS,
    LINEAR,
    LINEAR_FILES,
    LINEAR_VOCABULARY,
    LINEAR_WEIGHTS,
    ModelSettings,
    load_settings,
)
from stance.weights import has_weights

_CARD: Final = "README.md"
_CONFIG: Final = "train_config.yaml"
_PLACES: Final = ("", "onnx", HOLDERS, LINEAR)
"""The folder itself, and those in it that belong to a model."""
_FOLDED: Final = r"(?:.*\n\s++(?!- |\w+:\s))*"
"""Lines of a long path that YAML goes on with below, indented."""
_PATH: Final = rf"""(?m)^(\s*(?:- |\w+: )['"]?)(?:/|[A-Za-z]:\\|~){_FOLDED}.*[/\\]"""
"""The config from an absolute path to its last part."""


def push(folder: Path, repo: str, *, private: bool = False) -> str:
    """Put a model on the hub, in one commit; what was there of an older one goes.

    Args:
        folder: a folder that `stance train` wrote.
        repo: ``user/name``; it is made if there is none.
        private: whether only its owner may see it.

    Returns:
        The commit, to be given as ``user/name@commit``.

    Raises:
        ConfigError: if `repo` is no such name, or is there for all to see and `private` is asked.
        ModelError: if the folder holds no whole model, or the hub cannot be reached or refuses.
        MissingExtraError: if `huggingface_hub` is not installed.
    """
    named = split_name(repo)
    if named is None or named[1] is not None:
        raise ConfigError(f"{repo}: expected the name of a model on the hub, such as user/name.")
    _check_whole(folder, load_settings(folder))
    files = shared_files(folder, repo)
    hub = hub_library()
    if hub.is_offline_mode():
        raise ModelError(f"{repo}: HF_HUB_OFFLINE is set; unset it to put a model on the hub.")
    api = hub.HfApi(library_name="stance-nl")
    with faults_of(repo):
        api.create_repo(repo, private=private or None, exist_ok=True)
        there = api.model_info(repo)
    if private and not there.private:
        raise ConfigError(
            f"{repo}: is on the hub for all to see, and --private does not change that; change it "
            "in its settings there, or choose another name."
        )
    old = [one.rfilename for one in there.siblings if _is_shared(one.rfilename)]
    changes = [
        *(hub.CommitOperationAdd(name, content) for name, content in files.items()),
        *(hub.CommitOperationDelete(name) for name in old if name not in files),
    ]
    with faults_of(repo):
        commit = api.create_commit(repo, changes, commit_message="Upload a model of stance-nl")
    return str(commit.oid)


def shared_files(folder: Path, repo: str) -> Mapping[str, Path | bytes]:
    """The files of a model by their name on the hub: a path, or content that was changed.

    Logs stay here. Of paths in the config the last part is told, and the card names the model.

    Raises:
        ModelError: if one cannot be read.
    """
    files: dict[str, Path | bytes] = {}
    try:
        for place in _PLACES:
            for path in sorted((folder / place).glob("*")):
                name = path.relative_to(folder).as_posix()
                if _is_shared(name) and path.is_file():
                    files[name] = path
        for name, pattern, new in (
            (_CONFIG, _PATH, r"\1"),
            (_CARD, r'"this-folder"', f'"{repo}"'),
        ):
            if name in files:
                text = (folder / name).read_text(encoding="utf-8")
                files[name] = re.sub(pattern, new, text).encode()
    except (OSError, UnicodeError) as error:
        raise ModelError(f"{folder}: cannot be read ({error}).") from None
    return files


def _check_whole(folder: Path, settings: ModelSettings) -> None:
    """Check that all is there that labelling reads, by name.

    Raises:
        ModelError: if a file is missing.
    """
    if settings.kind == "linear":
        needed = [LINEAR_VOCABULARY, LINEAR_WEIGHTS]
    else:
        needed = ["tokenizer.json", "tokenizer_config.json"]
    if settings.onnx is not None:
        needed.append(settings.onnx)
    if settings.linear_weight:
        needed += LINEAR_FILES
    missing = [name for name in needed if not (folder / name).is_file()]
    if settings.kind == "transformer" and settings.onnx is None:
        places = ["", HOLDERS] if settings.holders else [""]
        weightless = [place for place in places if not has_weights(folder / place)]
        missing += [(Path(place) / "model.safetensors").as_posix() for place in weightless]
    if missing:
        raise ModelError(
            f"{folder}: no {missing[0]}, without which nobody could label with it; copy the "
            "folder again, or train again."
        )


def _is_shared(name: str) -> bool:
    """Whether a file of that name is part of a model."""
    place, _, last = name.rpartition("/")
    return place in _PLACES and (last.endswith(SUFFIXES) or name in (_CARD, _CONFIG))
