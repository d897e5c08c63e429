"""Rows of a frame, as columns of values, to the columns that labelling adds to them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from stance import chunks
from stance.chunks import Plan
from stance.classifier import StanceClassifier
from stance.errors import InputError
from stance.readers import Reject, Row, text_fault
from stance.records import EVERYTHING, HolderForm, Record, make_columns
from stance.summary import Summary

Progress = Callable[[int], None]
Values = Mapping[str, Sequence[Any]]

REJECTED: Final = "rejected"
"""The column that says why a row has no label; empty where it has one."""
_PLACE: Final = ("row", "sentence_index", "start", "end", "sentence")
"""Columns of a file of labels that a frame needs not: its rows are the sentences."""


class RowLabels:
    """A model and the columns that it reads and adds.

    Args:
        classifier: the model.
        text: the column with the sentences.
        context: the column with the sentence before each; None if there is no such column.
        progress: called with the number of rows after each batch.
    """

    def __init__(
        self,
        classifier: StanceClassifier,
        text: str,
        context: str | None,
        progress: Progress | None = None,
    ) -> None:
        form: HolderForm = "list" if classifier.tells_holders else "none"
        columns = make_columns({}, classifier.labels, with_file=False, holders=form)
        self._classifier = classifier
        self._plan = Plan(text, context, True, columns, EVERYTHING)
        self._progress = progress
        own = {name: kind for name, kind in columns.types.items() if name not in _PLACE}
        self.types: dict[str, Any] = {**own, REJECTED: str}
        """The new columns, each with its type."""
        self.done = Summary()
        """What became of the rows so far."""

    @property
    def read(self) -> list[str]:
        """The columns that are read."""
        plan = self._plan
        return [name for name in (plan.text_column, plan.context_column) if name is not None]

    def check(self, names: Iterable[Any]) -> None:
        """Check the columns of a frame before it is labelled.

        Raises:
            InputError: if one that is read is missing, or one that is added is there already.
        """
        known = [*names]
        for name in self.read:
            if known.count(name) != 1:
                found = "several columns" if name in known else "no column"
                listed = ", ".join(map(str, known[:20]))
                raise InputError(
                    f"the frame has {found} {name!r}; it has {listed}. Name the right one with "
                    "text= or context=."
                )
        if taken := [name for name in self.types if name in known]:
            raise InputError(
                f"the frame has a column {', '.join(map(repr, taken))} already, where labels are "
                "to stand; rename it or drop it first."
            )

    def label(self, values: Values) -> dict[str, list[Any]]:
        """The new columns of some rows.

        Args:
            values: the columns that are read, None for a missing value.
        """
        first = self.done.rows + 1
        cells = zip(*map(values.__getitem__, self.read), strict=True)
        rows = [self._row(number, row) for number, row in enumerate(cells, first)]
        said: list[Record] = [{} for _ in rows]
        for chunk in chunks.chunks(iter(rows), self._plan.text_column):
            documents = chunks.read(chunk, self._plan)
            scores = chunks.score(documents, self._classifier)
            found = chunks.records(documents, scores, self._plan, self._classifier.labels)
            for record in found.records:
                said[record["row"] - first] = record
            for reject in found.summary.rejects:
                said[reject.number - first] = {REJECTED: reject.reason}
            self.done.add(found.summary)
            if self._progress is not None:
                self._progress(len(chunk))
        return {name: [one.get(name) for one in said] for name in self.types}

    def _row(self, number: int, cells: Sequence[Any]) -> Row | Reject:
        values = dict(zip(self.read, cells, strict=True))
        texts = {name: value for name, value in values.items() if isinstance(value, str)}
        fault = text_fault(texts)
        return Reject(number, fault) if fault else Row(number, values)

    def rejects(self) -> str:
        """What to say of the rows without a label; "" if there are none.

        Raises:
            InputError: if there are no others.
        """
        if not self.done.rejects:
            return ""
        first = self.done.rejects[0]
        reason = f"row {first.number}: {first.reason}"
        if not self.done.labelled_rows:
            raise InputError(f"none of {self.done.rows} rows can be labelled ({reason}).")
        return (
            f"{self.done.rejected_rows} of {self.done.rows} rows cannot be labelled, the first is "
            f"{reason}; the column {REJECTED!r} says why."
        )
