"""The weights of a model folder, looked at before torch reads them.

Only safetensors are read, which hold numbers and nothing that runs.
"""

from pathlib import Path
from typing import Any, Final

from stance.errors import ModelError
from stance.model_folder import read_json

WEIGHTS: Final = "model*.safetensors"
_PICKLES: Final = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.pickle", "*.h5", "*.msgpack")
_NO_WEIGHTS: Final = frozenset({"training_args.bin", "optimizer.pt", "scheduler.pt"})
_INDEX: Final = "model.safetensors.index.json"
_WIDTHS: Final = ("hidden_size", "dim", "d_model", "n_embd")
"""Keys of config.json, as the architectures have them; each is one side of a table of weights."""
_LAYERS: Final = ("num_hidden_layers", "num_layers", "n_layers", "n_layer")
_HEIGHTS: Final = (
    "vocab_size",
    "max_position_embeddings",
    "n_positions",
    "type_vocab_size",
    "intermediate_size",
    "hidden_dim",
    "num_labels",
)
_USUAL_WIDTH: Final = 768
"""What `transformers` takes for most architectures where the config does not say."""


def has_weights(folder: Path) -> bool:
    """Whether a folder has weights that may be read."""
    return any(path.is_file() for path in folder.glob(WEIGHTS))  # a broken link is none


def pickle_in(folder: Path) -> str | None:
    """The name of weights in a folder that are a pickle, if it has no others; else None."""
    if has_weights(folder):
        return None
    found = (path.name for pattern in _PICKLES for path in sorted(folder.glob(pattern)))
    return next((name for name in found if name not in _NO_WEIGHTS), None)


def refusal(name: str) -> str:
    """Why a pickle is not read, and what to do, as the end of a message."""
    return (
        f"{name} is of a kind that can run code of whoever made it, so it is not read. If you "
        "trust it, load it with `transformers` once and save it again (`save_pretrained`), which "
        "writes model.safetensors."
    )


def check_weights(folder: Path) -> None:
    """Check what config.json and an index say of the weights, before memory is given to them.

    Args:
        folder: a folder with weights and its config.json.

    Raises:
        ModelError: if config.json describes more numbers than the files have bytes, or the index
            names a file outside the folder.
    """
    if (folder / _INDEX).exists():
        listed = read_json(folder / _INDEX).get("weight_map")
        for name in set(map(str, listed.values())) if isinstance(listed, dict) else ():
            if Path(name).name != name:
                raise ModelError(
                    f"{folder / _INDEX}: names {name!r:.200}, expected a file of the folder; copy "
                    "the folder again."
                )
    there = sum(path.stat().st_size for path in folder.glob(WEIGHTS) if path.is_file())
    config = read_json(folder / "config.json")
    width = max(_sizes(config, _WIDTHS), default=_USUAL_WIDTH)
    heights = [1, *_sizes(config, _HEIGHTS), *(width * n for n in _sizes(config, _LAYERS))]
    described = width * max(heights)
    if described > there:
        raise ModelError(
            f"{folder}: weights cannot be loaded (config.json describes {described:,} or more of "
            f"them, the files have {there:,} bytes); copy the folder again."
        )


def _sizes(config: dict[str, Any], names: tuple[str, ...]) -> list[int]:
    return [config[name] for name in names if type(config.get(name)) is int]
