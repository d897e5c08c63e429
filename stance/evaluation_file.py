"""A labelled file, read with the columns that an evaluation asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stance import readers
from stance.errors import InputError
from stance.groups import Groups, has_month, make_groups, source_of
from stance.rows import LabelledRow, RowColumns, read_rows


@dataclass(frozen=True)
class EvaluationFile:
    """A labelled file, read for evaluation."""

    path: Path
    rows: list[LabelledRow]
    document_column: str | None
    columns: frozenset[str]
    """All that it has."""


def read_evaluation_file(
    path: Path,
    columns: RowColumns,
    *,
    by: Sequence[str] = (),
    coders: Sequence[str] = (),
    split: str | None = None,
    encoding: str = "utf-8",
) -> EvaluationFile:
    """Read a labelled file with the columns that an evaluation asks for.

    `context` and `group` are taken for the sentence before and the document, where `columns`
    names no others and the file has them.

    Args:
        path: the file.
        columns: which column holds what.
        by: columns to group by; `year` and `month` need a column `date` instead.
        coders: columns with the labels of several coders.
        split: keep only rows with this value in the column `split`.
        encoding: of a text format.

    Raises:
        InputError: if a column is missing or a row cannot be used.
    """
    table = readers.open_table(path, encoding=encoding)
    if columns.context is None and "context" in table.columns:
        columns = replace(columns, context="context")
    if columns.group is None and "group" in table.columns:
        columns = replace(columns, group="group")
    sources = [source_of(name, [*table.columns]) for name in by]
    readers.require_columns(table, sources, "Name others with --by.")
    readers.require_columns(table, coders, "Name others with --coders.")
    known = [name for name in ("target", "date") if name in table.columns]
    others = [*dict.fromkeys([*sources, *coders, *known])]
    rows = read_rows(table, columns, split, others)
    return EvaluationFile(path, rows, columns.group, frozenset(table.columns))


def group_rows(file: EvaluationFile, by: Sequence[str]) -> Groups:
    """The rows by the values of columns.

    Raises:
        InputError: if a date is none, or there are too many groups.
    """
    import pyarrow as pa

    sources = {name: source_of(name, [*file.columns]) for name in by}
    for name in (name for name, source in sources.items() if source != name):
        wrong = next((row for row in file.rows if not has_month(row.others["date"])), None)
        if wrong is not None:
            raise InputError(
                f"{wrong.place}, column 'date': {wrong.others['date']!r:.40} is no date as "
                f"2024-03-31, which --by {name} needs."
            )
    columns = {
        source: pa.chunked_array([pa.array([row.others[source] for row in file.rows], pa.string())])
        for source in sources.values()
    }
    return make_groups(columns, by, len(file.rows), file.path)
