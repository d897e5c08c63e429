"""How far coders agree on labels and holders, with intervals over documents.

Every figure is a function of counts that add up over rows, so a bootstrap over rows, or over
documents, is one over sums of counts, as in `stance.metrics`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import krippendorff
import numpy as np
from numpy.typing import NDArray

from stance.coded_file import CodedFile
from stance.coders import MISSING, Codes, ceiling
from stance.evaluation import LEAST_DOCUMENTS
from stance.holder_metrics import MATCHES, ROLES, score_holders
from stance.metrics import cells, interval, resample

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Pair = tuple[int, int]
Record = dict[str, Any]
Measure = dict[str, Any]

_ZERO: Final = 1e-12
"""What is not more than this is an error of rounding."""


@dataclass(frozen=True)
class _Drawn:
    """A figure, and what it is in each draw of the bootstrap; NaN where it is undefined."""

    value: float
    draws: Floats

    def measure(self) -> Measure:
        defined = self.draws[np.isfinite(self.draws)]
        if not np.isfinite(self.value) or not len(defined):
            return {"value": None, "interval": None}
        return {"value": float(self.value), "interval": interval(defined)}


def agreement(file: CodedFile) -> Record:
    """How far the coders of a file agree.

    Args:
        file: read with `stance.coded_file.read_coded`.

    Returns:
        ``n`` (rows that two coders or more have coded, in ``documents``) and ``differ`` (those
        with two labels or more); ``alpha`` and ``percentage`` over all coders; for each of
        ``labels`` alpha and the mean ``kappa`` of it against the rest; for each of ``pairs`` kappa
        and percentage; for each of ``coders`` the rows coded and the mean kappa with the others;
        the ``ceiling`` as `stance.coders` has it; and the F1 of ``holders`` by pair, empty if the
        file does not tell them. A measure is a ``value`` with its 95 % ``interval``; both are None
        where it is undefined, such as kappa of two coders who used one and the same label.

    Source: Krippendorff 2019, Content Analysis, chapter 12 (alpha); Cohen 1960 (kappa).
    """
    codes, n_labels = file.codes, len(file.labels)
    several = (codes != MISSING).sum(axis=1) > 1
    documents = {one for one, more in zip(file.documents, several, strict=True) if more}
    votes = (codes[:, :, None] == np.arange(n_labels)).sum(axis=1)
    pairs = _pair_counts(codes, n_labels)
    draws = {pair: resample(counts, file.documents) for pair, counts in pairs.items()}
    sums = {pair: counts.sum(axis=0) for pair, counts in pairs.items()}

    kappas = {pair: _Drawn(float(kappa(sums[pair])), kappa(draws[pair])) for pair in pairs}
    shares = {
        pair: _Drawn(float(share_agreed(sums[pair])), share_agreed(draws[pair])) for pair in pairs
    }
    return {
        "file": str(file.path),
        "document_column": file.document_column,
        "rows": len(codes),
        "n": int(several.sum()),
        "documents": len(documents),
        "flag": _flag(len(documents)),
        "differ": int(((votes > 0).sum(axis=1) > 1).sum()),
        "alpha": _alpha(votes, file.documents).measure(),
        "percentage": _mean([*shares.values()]).measure(),
        "labels": [
            _of_label(i, label, file, votes, sums, draws) for i, label in enumerate(file.labels)
        ],
        "pairs": [
            {"a": file.coders[a], "b": file.coders[b], "n": int(sums[a, b].sum())}
            | {"percentage": shares[a, b].measure(), "kappa": kappas[a, b].measure()}
            for a, b in pairs
        ],
        "coders": [
            {
                "coder": name,
                "coded": int((codes[:, i] != MISSING).sum()),
                "kappa": _mean([one for pair, one in kappas.items() if i in pair]).measure(),
            }
            for i, name in enumerate(file.coders)
        ],
        "ceiling": ceiling(codes, None, file.coders, n_labels, file.documents),
        "holders": _of_holders(file),
    }


def _of_label(
    label: int,
    name: str,
    file: CodedFile,
    votes: Counts,
    sums: Mapping[Pair, Counts],
    draws: Mapping[Pair, Counts],
) -> Record:
    """How far coders agree on one label, all others being one."""
    kappas = [
        _Drawn(float(kappa(collapse(sums[pair], label))), kappa(collapse(draws[pair], label)))
        for pair in sums
    ]
    return {
        "label": name,
        "given": int(votes[:, label].sum()),
        "alpha": _alpha(_one_against_rest(votes, label), file.documents).measure(),
        "kappa": _mean(kappas).measure(),
    }


def _flag(documents: int) -> str:
    few = documents < LEAST_DOCUMENTS
    return f"{documents} documents, {LEAST_DOCUMENTS} needed for an interval" if few else ""


def kappa(matrix: NDArray[Any]) -> Floats:
    """Cohen's kappa of confusion matrices, (..., labels, labels); NaN where it is undefined."""
    total = matrix.sum(axis=(-2, -1)).astype(np.float64)
    chance = (matrix.sum(axis=-1) * matrix.sum(axis=-2)).sum(axis=-1) / np.maximum(total, 1) ** 2
    return _ratio(share_agreed(matrix) - chance, 1 - chance)


def share_agreed(matrix: NDArray[Any]) -> Floats:
    """The share on the diagonals of matrices, (..., labels, labels); NaN where they are empty."""
    return _ratio(np.trace(matrix, axis1=-2, axis2=-1), matrix.sum(axis=(-2, -1)))


def collapse(matrix: NDArray[Any], label: int) -> NDArray[Any]:
    """Confusion matrices of one label and of all others, (..., 2, 2)."""
    both = matrix[..., label, label]
    first, second = matrix[..., label, :].sum(axis=-1), matrix[..., :, label].sum(axis=-1)
    neither = matrix.sum(axis=(-2, -1)) - first - second + both
    rows = [np.stack([both, first - both], axis=-1), np.stack([second - both, neither], axis=-1)]
    return np.stack(rows, axis=-2)


def alpha(coincidences: NDArray[Any]) -> Floats:
    """Krippendorff's alpha of nominal codes from coincidences, (..., labels, labels).

    The same as `krippendorff.alpha`, of all draws of a bootstrap at once; NaN where fewer than two
    labels were used.
    """
    n_of = coincidences.sum(axis=-1)
    n = n_of.sum(axis=-1)
    observed = n - np.trace(coincidences, axis1=-2, axis2=-1)
    expected = (n**2 - (n_of**2).sum(axis=-1)) / np.maximum(n - 1, 1)
    return np.asarray(1 - _ratio(observed, expected))


def coincidences_of(votes: Counts) -> Floats:
    """How often two labels were given to one row, (rows, labels, labels).

    Args:
        votes: how many coders gave each label, (rows, labels).
    """
    coders = votes.sum(axis=1)[:, None, None]
    pairs = votes[:, :, None] * votes[:, None, :] - votes[:, :, None] * np.eye(votes.shape[1])
    return np.asarray(np.where(coders > 1, pairs / np.maximum(coders - 1, 1), 0.0))


def _alpha(votes: Counts, documents: Sequence[str]) -> _Drawn:
    used = votes[votes.sum(axis=1) > 1].any(axis=0).sum()
    value = float("nan")
    if used > 1:
        value = float(krippendorff.alpha(value_counts=votes, level_of_measurement="nominal"))
    return _Drawn(value, alpha(resample(coincidences_of(votes), documents)))


def _one_against_rest(votes: Counts, label: int) -> Counts:
    return np.stack([votes[:, label], votes.sum(axis=1) - votes[:, label]], axis=1)


def _pair_counts(codes: Codes, n_labels: int) -> dict[Pair, Counts]:
    """Of each pair of coders the confusion of every row, (rows, labels, labels).

    A row that one of the two did not code counts nothing, so that all pairs share their draws.
    """
    found = {}
    for a, b in combinations(range(codes.shape[1]), 2):
        both = (codes[:, [a, b]] != MISSING).all(axis=1)
        one, two = (np.where(both, codes[:, coder], 0) for coder in (a, b))
        found[a, b] = cells(one, two, n_labels) * both[:, None, None]
    return found


def _mean(figures: Sequence[_Drawn]) -> _Drawn:
    """The mean of those that are defined; that of a draw is over those defined in it."""
    values = np.array([one.value for one in figures])
    draws = np.stack([one.draws for one in figures])
    there = np.isfinite(draws)
    mean = _ratio(np.where(there, draws, 0).sum(axis=0), there.sum(axis=0))
    defined = values[np.isfinite(values)]
    return _Drawn(float(defined.mean()) if len(defined) else float("nan"), mean)


def _ratio(above: Any, below: Any) -> Floats:
    above, below = np.broadcast_arrays(np.asarray(above, float), np.asarray(below, float))
    undefined = np.full(below.shape, np.nan)
    return np.asarray(np.divide(above, below, out=undefined, where=below > _ZERO))


def _of_holders(file: CodedFile) -> list[Record]:
    """F1 of holders with their side between two coders, on the rows that both have coded."""
    if file.holders is None:
        return []
    found = []
    for a, b in combinations(range(len(file.coders)), 2):
        both = np.flatnonzero((file.codes[:, [a, b]] != MISSING).all(axis=1))
        if not len(both):
            continue
        scores = score_holders(
            [file.holders[row][a] for row in both],
            [file.holders[row][b] for row in both],
            [file.documents[row] for row in both],
        )
        for role in ROLES:
            one = scores[role]
            found.append(
                {"a": file.coders[a], "b": file.coders[b], "who": role, "n": len(both)}
                | {"of_a": one["gold"], "of_b": one["predicted"]}
                | {
                    match: {"value": one[match]["f1"], "interval": one[match]["interval"]}
                    if one["gold"] + one["predicted"]
                    else {"value": None, "interval": None}
                    for match in MATCHES
                }
            )
    return found
