"""The manifest beside a labelled table: what was labelled with what, and what was left out."""

import json
from pathlib import Path
from typing import Any, Final

from stance import destination
from stance.errors import InputError
from stance.readers import Table

COUNTED: Final = (
    "rows",
    "rejected_rows",
    "sentences",
    "written",
    "truncated",
    "abstained",
    "not_dutch_rows",
)
"""What the page tells of the counts, in its order."""
_MOST_INPUTS: Final = 20
"""Input files that the page lists."""
_ADVICE: Final = "label again, or move it away for a page without it."


def read_manifest(path: Path) -> dict[str, Any] | None:
    """What stands in the manifest of a labelled table.

    Returns:
        None if there is no such file.

    Raises:
        InputError: if it cannot be read.
    """
    manifest = destination.choose(path).manifest
    try:
        content = json.loads(manifest.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{manifest}: cannot be read as JSON ({error}); {_ADVICE}") from None
    if not _is_manifest(content):
        raise InputError(
            f"{manifest}: lacks a model, versions, or counts of {', '.join(COUNTED)}, which "
            f"`stance label` writes; {_ADVICE}"
        )
    return content  # type: ignore[no-any-return]


def _is_manifest(content: Any) -> bool:
    if not isinstance(content, dict):
        return False
    model, versions, counts = (content.get(one) for one in ("model", "versions", "counts"))
    return (
        isinstance(versions, dict)
        and isinstance(model, dict)
        and all(isinstance(model.get(one), str) for one in ("folder", "sha256"))
        and isinstance(counts, dict)
        and all(type(counts.get(one)) is int for one in COUNTED)
    )


def is_of_table(manifest: dict[str, Any], table: Table) -> bool:
    """Whether the manifest counts as many rows as the table has."""
    return bool(manifest["counts"]["written"] == table.n_rows)


def shown(manifest: dict[str, Any]) -> str:
    """The manifest as text, less the files behind the first twenty of a long list."""
    inputs = manifest.get("inputs")
    if isinstance(inputs, list) and len(inputs) > _MOST_INPUTS:
        more = f"and {len(inputs) - _MOST_INPUTS:,} more"
        manifest = manifest | {"inputs": [*inputs[:_MOST_INPUTS], more]}
    return json.dumps(manifest, indent=1, ensure_ascii=False)
