"""A file, a folder or a pattern to the rows of all files that it stands for."""

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stance import readers
from stance.errors import InputError
from stance.readers import Format, Reject, Row, Table


@dataclass(frozen=True)
class Inputs:
    """Files that were checked and can be read one after the other, as often as needed."""

    source: Path
    """The file, folder or pattern that stands for them."""
    tables: tuple[Table, ...]
    text_column: str
    """The column with the texts."""
    names: tuple[str, ...] = ()
    """The name of each file where IN is a folder or a pattern; else nothing."""
    left_out: tuple[Path, ...] = ()
    """Files of a folder whose suffix says that they are none to read."""

    @property
    def n_rows(self) -> int:
        """Rows of all files, those that will be rejected included."""
        return sum(table.n_rows for table in self.tables)

    @property
    def is_document(self) -> bool:
        """Whether it is one plain text."""
        return not self.names and self.tables[0].format == "txt"

    def columns(self) -> dict[str, Any]:
        """The columns of all files but the text, in order of appearance, each with its type.

        A Python type, or the arrow type where all files that have the column are parquet and
        agree on it; `object` where they differ.
        """
        found: dict[str, Any] = {}
        for table in self.tables:
            for name in table.columns:
                if name != self.text_column and table.format != "txt":
                    kind = _type_of(table, name)
                    found[name] = _common(found[name], kind) if name in found else kind
        return found

    def rows(self) -> Iterator[Row | Reject]:
        """Read all files from their start, in order. Numbers begin anew in each."""
        for index, table in enumerate(self.tables):
            name = self.names[index] if self.names else ""
            for row in table.rows():
                if isinstance(row, Row) and table.format == "txt":
                    yield Row(row.number, {self.text_column: row.values["text"]}, name)
                else:
                    yield replace(row, file=name) if name else row


def open_inputs(
    source: Path,
    fmt: Format | None = None,
    encoding: str = "utf-8",
    text_column: str = "text",
    context_column: str | None = None,
    leave_out: Path | None = None,
) -> Inputs:
    """Find the files that `source` stands for, and check them all.

    Args:
        source: a file; a folder, for the files in it and below that can be read by their suffix;
            or a pattern as in a shell, ``**`` for folders of any depth.
        fmt: format of all files; None takes it from each suffix.
        encoding: of the text formats.
        text_column: the column with the texts (not for .txt).
        context_column: a column that they must have too.
        leave_out: a folder whose files are none of the input.

    Raises:
        ConfigError: if there is no such encoding.
        InputError: if there is no file, or one of them cannot be used.
    """
    files, left_out = _find(source, fmt, leave_out)
    wanted = [name for name in (text_column, context_column) if name is not None]
    many = files != [source]
    tables, faults = [], []
    for file in files:
        try:
            tables.append(_open(file, fmt, encoding, wanted))
        except InputError as error:
            faults.append(str(error))
    if faults:
        more = f" {len(faults) - 1} more of {len(files)} files cannot be used either."
        raise InputError(faults[0] + (more if len(faults) > 1 else ""))
    names = tuple(_name(file, source) for file in files) if many else ()
    return Inputs(source, tuple(tables), text_column, names, tuple(left_out))


def _open(path: Path, fmt: Format | None, encoding: str, wanted: Sequence[str]) -> Table:
    table = readers.open_table(path, fmt, encoding)
    if table.format == "txt":
        return table
    advice = "Name the right one with --text-column or --context-column."
    readers.require_columns(table, wanted, advice)
    for name in wanted:
        if table.format == "parquet" and table.columns[name] is not str:
            found = table.arrow_schema.field(name).type
            raise InputError(f"{path}: the column {name!r} holds {found}, expected text.")
    return table


def _find(
    source: Path, fmt: Format | None, leave_out: Path | None
) -> tuple[list[Path], list[Path]]:
    """The files to read, sorted, and those of a folder that are none to read."""
    if source.is_dir():
        inner = [path for path in source.rglob("*") if not _is_hidden(path, source)]
        found = [path for path in inner if path.is_file()]
        known = [path for path in found if fmt or path.suffix.lower()[1:] in readers.FORMATS]
    elif not source.exists() and glob.has_magic(str(source)):
        matches = glob.glob(str(source), recursive=True)  # noqa: PTH207  # absolute ones too
        found = known = [path for path in map(Path, matches) if path.is_file()]
    else:
        return [source], []
    if leave_out is not None:
        known = [path for path in known if leave_out.absolute() not in path.absolute().parents]
    if not known:
        kinds = ", ".join(f".{one}" for one in readers.FORMATS)
        raise InputError(f"{source}: there is no file in it, expected some of {kinds}.")
    return sorted(set(known)), sorted(set(found) - set(known))


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _name(path: Path, source: Path) -> str:
    """A file as the output names it: from the folder on, any bytes of it as text."""
    inner = path.relative_to(source) if source.is_dir() else path
    return os.fsencode(inner.as_posix()).decode(errors="replace")


def _type_of(table: Table, name: str) -> Any:
    if table.arrow_schema is not None:
        return table.arrow_schema.field(name).type
    return table.columns[name]


def _common(one: Any, two: Any) -> Any:
    """The type that holds the values of two columns of one name."""
    if one == two or two is type(None):
        return one
    if one is type(None):
        return two
    return float if (one, two) in ((int, float), (float, int)) else object
