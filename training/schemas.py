"""Write the JSON schemas of the configs: `python -m training.schemas FOLDER`."""

import json
import sys
from pathlib import Path
from typing import Any, Final

from training.pretrain_settings import PretrainConfig
from training.settings import Section, TrainConfig

FILES: Final[dict[str, type[Section]]] = {
    "schema.json": TrainConfig,
    "pretrain-schema.json": PretrainConfig,
}
"""File name to the kind of config that it describes."""


def schema(kind: type[Section]) -> dict[str, Any]:
    """The JSON schema of a kind of config, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **kind.model_json_schema(),
    }


def main(folder: Path) -> None:
    """Write every schema into `folder`."""
    for name, kind in FILES.items():
        text = json.dumps(schema(kind), indent=2) + "\n"
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
