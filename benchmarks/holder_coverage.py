"""Do 95 % intervals of how often an actor takes a side hold the truth in 95 of 100 studies?

    OMP_NUM_THREADS=1 nice python benchmarks/holder_coverage.py

Every draw is a study on an archive of `benchmarks/coverage.py`, whose model finds the side of an
actor in a part of the sentences that have it (recall) and sees it in others. The sample is
drawn as `stance sample` draws it, which knows of no actor. Writes
`benchmarks/results/holder_coverage.json`.
"""

import itertools
from pathlib import Path
from typing import Any, Final

import numpy as np
from coverage import DOCUMENTS, Cell, archive, run

from stance import LABELS
from stance.intervals import wilson
from stance.population import Gold
from stance.prevalence import estimate
from stance.sampling import draw
from stance.sides import UNSEEN_SIDES, Among, Sides, relabel, relabel_gold

OUT: Final = Path(__file__).parent / "results" / "holder_coverage.json"
MODELS: Final = {"good": (0.85, 0.75), "poor": (0.5, 0.7)}
"""Recall and precision of the side, beside a model of labels of that name."""
SHARES: Final = (0.02, 0.05, 0.15)
"""Sentences, of those that are not unrelated, in which the actor is against; half as many in
favor."""
CORRELATIONS: Final = (0.0, 0.2)
"""Of that between two sentences of a document."""
AMONG: Final[tuple[Among, ...]] = ("stance", "side")
CODED: Final = 400
Generator = np.random.Generator
_KINDS: Final = tuple(
    frozenset(("actor", side) for side in sides) for sides in ([], ["favor"], ["against"])
)


def main() -> None:
    """Simulate every cell."""
    run(itertools.product(MODELS, SHARES, CORRELATIONS), simulate, overall, OUT, coded=CODED)


def simulate(task: tuple[int, str, float, float, int]) -> list[Cell]:
    """All draws of one cell, which depend on its number alone."""
    number, model, share, correlation, draws = task
    generator = np.random.default_rng([number, draws])
    found = np.array([study(generator, model, share, correlation) for _ in range(draws)])
    cell = {"model": model, "share": share, "icc": correlation}
    truths = dict(zip(AMONG, (share, 2 / 3), strict=True))
    return [
        cell | {"of": of} | summarise(found[:, place], truths[of]) for place, of in enumerate(AMONG)
    ]


def holders(
    generator: Generator, truth: Any, documents: Any, model: str, share: float, correlation: float
) -> tuple[Sides, Sides]:
    """The true side of the actor in each sentence, and what the model says of it."""
    rates = np.array([share / 2, share, 1 - 1.5 * share])
    if correlation:
        rates = generator.dirichlet(rates * (1 - correlation) / correlation, DOCUMENTS)[documents]
    else:
        rates = np.tile(rates, (len(truth), 1))
    draws = generator.random(len(truth))
    true = np.where(draws < rates[:, 0], 1, np.where(draws < rates[:, :2].sum(axis=1), 2, 0))
    true[truth == LABELS.index("unrelated")] = 0
    recall, precision = MODELS[model]
    said = np.where(generator.random(len(truth)) < recall, true, 0)
    # The model takes others for against twice as often as for favor, and never one for the other.
    false = 1.5 * share * recall * (1 / precision - 1) * (truth != LABELS.index("unrelated"))
    draws = generator.random(len(truth))
    seen = np.where(draws < false / 6, 1, np.where(draws < false, 2, 0))
    return Sides(_KINDS, true), Sides(_KINDS, np.where(true == 0, seen, said))


def study(generator: Generator, model: str, share: float, correlation: float) -> list[list[float]]:
    """One archive, one sample of it, and the share of `against` among each whole."""
    labelled, truth = archive(generator, model, 0.3, correlation)
    true, said = holders(generator, truth, labelled.documents, model, share, correlation)
    drawn = draw(labelled, np.zeros_like(truth), CODED, int(generator.integers(2**32)))
    gold = Gold(drawn.rows, truth[drawn.rows], drawn.inclusion)
    coded = Sides(_KINDS, true.codes[drawn.rows])
    rows = []
    for of in AMONG:
        ours = estimate(
            relabel(labelled, said, "actor", "against", of),
            relabel_gold(gold, LABELS, coded, "actor", "against", of),
            unseen=UNSEEN_SIDES,
        )
        counted = labelled.predicted < 3 if of == "stance" else said.codes > 0
        k, n = int((said.codes[counted] == 2).sum()), int(counted.sum())
        if ours is None:
            rows.append([np.nan] * 8)
            continue
        one = ours.shares[1]
        width = one.gold_interval[1] - one.gold_interval[0]
        rows.append([one.corrected, *one.interval, bool(one.thin), one.gain, width, *wilson(k, n)])
    return rows


def summarise(found: Any, truth: float) -> dict[str, Any]:
    """Coverage and widths of one cell."""
    found = found[~np.isnan(found[:, 0])]
    share, low, high, thin, gain, width, *naive = found.T
    firm = thin == 0
    covered = (low <= truth) & (truth <= high)
    cell = {
        "truth": truth,
        "bias": share.mean() - truth,
        "thin": thin.mean(),
        "corrected": covered.mean(),
        "corrected_if_not_thin": covered[firm].mean() if firm.any() else None,
        "naive": ((naive[0] <= truth) & (truth <= naive[1])).mean(),
        "naive_share": (naive[0] + naive[1]).mean() / 2,
        "width": (high - low).mean(),
        "width_vs_same_gold": (high - low).mean() / width.mean(),
        "gain": np.median(gain),
    }
    return {name: one if one is None else round(float(one), 4) for name, one in cell.items()}


def overall(cells: list[Cell]) -> Cell:
    """The figures over all cells; those thin in 40 % of the draws or more are apart."""
    report: dict[str, Any] = {}
    for of in AMONG:
        firm = [one for one in cells if one["of"] == of and one["thin"] < 0.4]
        thin = [one for one in cells if one["of"] == of and one["thin"] >= 0.4]
        for name in ("corrected", "naive"):
            values = [one[name] for one in firm]
            report |= {f"{of}_{name}_min": min(values), f"{of}_{name}_max": max(values)}
        values = [one["corrected"] for one in thin]
        report |= {f"{of}_thin_min": min(values), f"{of}_thin_max": max(values)}
    return report


if __name__ == "__main__":
    main()
