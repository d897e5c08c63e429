"""Which sentences to have coded: a probability sample, and how much it will tell.

Sentences are drawn at random within strata of alike sentences. Half of the sample is spread as
the sentences are, half goes where the model is unsure (Neyman 1934, with its probabilities as
the spread). So a stratum of which the model is wrongly sure has sentences that stand for at most
about twice as many as they would in a random sample.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stance.errors import ConfigError
from stance.intervals import share_interval, t_quantile
from stance.population import Labelled, Of, counted_labels, sentence_units
from stance.strata import BANDS, Codes, Floats, label_and_band, places

FLOOR: Final = 5
"""Sentences of every stratum at the least, or all that it has."""
_PROPORTIONAL: Final = 0.5
"""Part of the sample that is spread as the sentences are."""


@dataclass(frozen=True)
class Drawn:
    """Sentences that were drawn."""

    rows: Codes
    """Places in the table, in random order, (n,)."""
    stratum_rows: Codes
    """Sentences in the stratum of each, (n,)."""
    stratum_drawn: Codes
    """How many of those were drawn, (n,)."""

    @property
    def inclusion(self) -> Floats:
        """The probability with which each came in, (n,); their inverses add up to the table."""
        return np.asarray(self.stratum_drawn / self.stratum_rows)


def draw(labelled: Labelled, groups: Codes, n: int, seed: int = 1) -> Drawn:
    """Draw a stratified sample; the same arguments give the same one.

    Args:
        labelled: the table.
        groups: codes of groups, each of which gets its part, (sentences,).
        n: how many; a table that has no more is taken whole.
        seed: of the random numbers.

    Raises:
        ConfigError: if `n` is too small for so many groups.
    """
    strata = make_strata(labelled, groups, n)
    sizes = np.bincount(strata)
    counts = allocate(sizes, _spread(labelled, strata), n)
    generator = np.random.default_rng(seed)
    order = np.lexsort((generator.random(len(strata)), strata))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    place = np.arange(len(strata)) - np.repeat(starts, sizes)
    rows = generator.permutation(order[place < counts[strata[order]]])
    inside = strata[rows]
    return Drawn(rows, sizes[inside], counts[inside])


def make_strata(labelled: Labelled, groups: Codes, n: int) -> Codes:
    """Strata within groups, as fine as a sample of `n` can fill: label and band, label, none.

    Returns:
        Codes from 0 without gaps, (sentences,).

    Raises:
        ConfigError: if `n` is too small for so many groups.
    """
    every = np.arange(len(groups))
    scores = labelled.probabilities[every, labelled.predicted]
    fine = label_and_band(labelled.predicted, scores, len(labelled.labels))
    for inner in (fine, fine // BANDS, np.zeros_like(fine)):
        strata: Codes = np.unique(groups * (int(fine.max()) + 1) + inner, return_inverse=True)[1]
        least = int(np.minimum(np.bincount(strata), FLOOR).sum())
        if least <= n:
            return strata
    raise ConfigError(
        f"--n {n:,}: there are {strata.max() + 1:,} groups, which need {least:,} sentences at the "
        f"least ({FLOOR} each); pass --n {least:,} or more, or fewer columns to --by."
    )


def allocate(sizes: NDArray[np.int64], spread: Floats, n: int) -> Codes:
    """How many sentences to draw from each stratum.

    Args:
        sizes: sentences of each, all above 0, (strata,).
        spread: how unsure the model is of each, (strata,).
        n: how many in all; at least the floors of the strata.

    Returns:
        Counts that add up to `n`, or to all sentences if there are fewer, (strata,).
    """
    n = min(n, int(sizes.sum()))
    least = np.minimum(sizes, FLOOR)
    neyman = sizes * spread
    wanted = _PROPORTIONAL * sizes / sizes.sum()
    if neyman.sum() > 0:
        wanted += (1 - _PROPORTIONAL) * neyman / neyman.sum()

    def within(factor: float) -> Floats:
        return np.asarray(np.clip(factor * wanted, least, sizes))

    low, high = 0.0, float(n)
    while within(high).sum() < n:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle).sum() < n else (low, middle)
    exact = within(low)
    counts: Codes = np.floor(exact).astype(np.int64)
    room = np.where(counts < sizes, exact - counts, -1)
    counts[np.argsort(-room, kind="stable")[: n - int(counts.sum())]] += 1
    return counts


def expected_widths(
    labelled: Labelled, groups: Codes, n: int, *, of: Of = "stance", level: float = 0.95
) -> Floats:
    """How wide the interval of every label in every group will be, from its low to its high end.

    It rests on the model's probabilities: with a model that is worse than it says, intervals are
    wider.

    Args:
        labelled: the table.
        groups: codes of groups from 0 without gaps, (sentences,).
        n: sentences to be coded.
        of: what the shares are of, as in `stance.prevalence.estimate`.
        level: of the intervals.

    Returns:
        Widths, (groups, labels that count); NaN where a group has none that counts.

    Raises:
        ConfigError: if `n` is too small for so many groups.
    """
    strata = make_strata(labelled, groups, n)
    sizes = np.bincount(strata)
    drawn = allocate(sizes, _spread(labelled, strata), n)
    weights = (sizes / drawn - 1) * sizes / np.maximum(sizes - 1, 1)
    codes = counted_labels(labelled.labels, of)
    n_groups = int(groups.max()) + 1
    widths = np.full((n_groups, len(codes)), np.nan)
    for group, rows in enumerate(places(groups, n_groups)):
        part = labelled.take(rows)
        inside = np.unique(strata[rows], return_inverse=True)
        shares, variances = _expected(part, of, codes, inside[1], weights[inside[0]])
        for place, (share, variance) in enumerate(zip(shares, variances, strict=True)):
            if math.isfinite(share):
                low, high = share_interval(share, variance, t_quantile(level, math.inf))
                widths[group, place] = high - low
    return widths


def _expected(
    part: Labelled, of: Of, codes: list[int], strata: Codes, weights: Floats
) -> tuple[list[float], list[float]]:
    """Shares and variances of a group, were the probabilities true."""
    units = sentence_units(part, of)
    model = part.probabilities[:, codes]
    whole = units @ model.sum(axis=1)
    if whole <= 0:
        return [math.nan] * len(codes), [math.nan] * len(codes)
    shares, variances = [], []
    documents = np.unique(part.documents, return_inverse=True)[1]
    for column in model.T:
        share = float(units @ column / whole)
        others = model.sum(axis=1) - column
        mean = units * ((1 - share) * column - share * others)
        square = units**2 * ((1 - share) ** 2 * column + share**2 * others)
        unknown = square - mean**2
        within = np.bincount(strata, unknown)
        by_document = np.bincount(documents, mean) ** 2 + np.bincount(documents, unknown)
        shares.append(share)
        variances.append(float((weights @ within + by_document.sum()) / whole**2))
    return shares, variances


def _spread(labelled: Labelled, strata: Codes) -> Floats:
    """How unsure the model is of each stratum, every label mattering as much as any other."""
    sizes = np.bincount(strata)
    total = np.zeros(len(sizes))
    for column in labelled.probabilities.T:
        overall = float(column.mean())
        mean = np.bincount(strata, column) / sizes
        if 0 < overall < 1:
            total += mean * (1 - mean) / (overall * (1 - overall))
    return np.sqrt(np.maximum(total, 0))
