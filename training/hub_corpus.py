"""Our corpus as `datasets` reads it: ``python -m training.hub_corpus FOLDER``.

The corpus has a file a slice and a column that says the split; `datasets` wants a file a split, and
a card that names them and the type of every column.
"""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from huggingface_hub import DatasetCardData

from stance.errors import InputError, OutputError, StanceError
from stance.labels import LABELS, SIDES
from stance.rows import SPLITS
from training.resources import SEEDS

_COMPANIONS: Final = ("CODEBOOK.md", "CHANGELOG.md", "readings.csv")
"""What the data sheet links to."""


def write_dataset(out: Path) -> dict[str, int]:
    """Write ``train.jsonl``, ``validation.jsonl``, ``test.jsonl`` and a data set card.

    Args:
        out: a folder to make; it must not exist.

    Returns:
        Sentences by split.

    Raises:
        InputError: if the package carries no corpus.
        OutputError: if the folder exists, or cannot be written.
    """
    lines: dict[str, list[str]] = {split: [] for split in SPLITS}
    for path in sorted(SEEDS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            row["slice"] = path.stem
            lines[row.pop("split")].append(json.dumps(row, ensure_ascii=False) + "\n")
    if not any(lines.values()):
        raise InputError("seeds: the package carries no corpus; reinstall it.")
    sheet = (SEEDS / "README.md").read_text(encoding="utf-8")
    try:
        out.mkdir(parents=True)
        for split, those in lines.items():
            (out / f"{split}.jsonl").write_text("".join(those), encoding="utf-8")
        card = f"---\n{_card_data().to_yaml()}\n---\n\n{sheet}"
        (out / "README.md").write_text(card, encoding="utf-8")
        for name in _COMPANIONS:
            shutil.copyfile(SEEDS / name, out / name)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror}).") from None
    return {split: len(those) for split, those in lines.items()}


def _card_data() -> DatasetCardData:
    files = [{"split": split, "path": f"{split}.jsonl"} for split in SPLITS]
    return DatasetCardData(
        language="nl",
        license="cc-by-4.0",
        pretty_name="Dutch sentences on sanctions: stance, holders and target",
        task_categories=["text-classification", "token-classification"],
        annotations_creators=["machine-generated"],
        language_creators=["machine-generated"],
        source_datasets=["original"],
        size_categories=["10K<n<100K"],
        tags=["stance-detection", "sanctions", "political-text"],
        configs=[{"config_name": "default", "data_files": files}],
        dataset_info={"config_name": "default", "features": _features()},
    )


def _features() -> list[dict[str, Any]]:
    """The columns and their types in the words of a data set card."""

    def text(*names: str) -> list[dict[str, Any]]:
        return [{"name": name, "dtype": "string"} for name in names]

    def one_of(name: str, *values: str) -> dict[str, Any]:
        names = {str(i): value for i, value in enumerate(values)}
        return {"name": name, "dtype": {"class_label": {"names": names}}}

    ends = [{"name": name, "dtype": "int32"} for name in ("start", "end")]
    holder = [*text("text"), *ends, one_of("stance", *SIDES)]
    return [
        *text("id", "text", "context"),
        one_of("label", *LABELS),
        {"name": "holders", "list": holder},
        *text("target", "genre", "variety", "origin", "difficulty", "group", "slice"),
    ]


def main(arguments: Sequence[str]) -> None:
    """Write it, and say what was written."""
    if len(arguments) != 1:
        sys.exit("usage: python -m training.hub_corpus FOLDER")
    try:
        counts = write_dataset(Path(arguments[0]))
    except StanceError as error:
        sys.stderr.write(f"stance: {error}\n")
        sys.exit(error.exit_code)
    told = ", ".join(f"{n:,} {split}" for split, n in counts.items())
    sys.stdout.write(f"{arguments[0]}: {told}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
