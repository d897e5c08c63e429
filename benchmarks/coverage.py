"""Do 95 % intervals of corrected shares hold the truth in 95 of 100 studies?

    OMP_NUM_THREADS=1 nice python benchmarks/coverage.py

Every draw is a study: an archive of 600 documents with about 8 sentences each is drawn from a
stream whose shares are known, a model labels it, `stance.sampling` draws the sentences to code,
and `stance.prevalence` estimates the share of one label among those that are not unrelated.
Writes `benchmarks/results/coverage.json`.
"""

import argparse
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterable
from multiprocessing import Pool
from pathlib import Path
from typing import Any, Final

import numpy as np

from stance import LABELS
from stance.prevalence import Gold, Group, Labelled, Share, estimate
from stance.sampling import draw
from stance.strata import Codes, Floats

OUT: Final = Path(__file__).parent / "results" / "coverage.json"
UNRELATED: Final = 0.4
"""Share of sentences that are about something else."""
MODELS: Final = ("good", "poor", "drifting")
SIZES: Final = (200, 400)
PREVALENCES: Final = (0.03, 0.1, 0.3)
CORRELATIONS: Final = (0.0, 0.1, 0.3)
DOCUMENTS: Final = 600
Generator = np.random.Generator
Cell = dict[str, Any]
"""What makes one cell of the simulation, and what was found in it."""


def main() -> None:
    """Simulate every cell."""
    run(itertools.product(MODELS, SIZES, PREVALENCES, CORRELATIONS), simulate, overall, OUT)


def run(
    plan: Iterable[tuple[Any, ...]],
    simulate: Callable[[Any], list[Cell]],
    overall: Callable[[list[Cell]], Cell],
    out: Path,
    **told: Any,
) -> None:
    """Simulate cells in processes, print a line for each, write their summary.

    Args:
        plan: what makes each cell.
        simulate: from the number of a cell, what makes it and the draws to what was found.
        overall: the summary of all that was found.
        out: the file to write, named as the script is.
        told: written beside the summary.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--out", type=Path, default=out)
    options = parser.parse_args()
    started = time.time()
    tasks = [(number, *one, options.draws) for number, one in enumerate(plan)]
    cells: list[Cell] = []
    with Pool(options.processes) as pool:
        for found in pool.imap(simulate, tasks):
            cells += found
            print(*map(json.dumps, found), sep="\n", flush=True)
    report = overall(cells) | {
        "draws": options.draws,
        **told,
        "command": f"python benchmarks/{out.stem}.py --draws {options.draws}",
        "seconds": round(time.time() - started),
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "cells": cells,
    }
    options.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(json.dumps(report | {"cells": len(cells)}, indent=1))


def simulate(task: tuple[int, str, int, float, float, int]) -> list[Cell]:
    """All draws of one cell, which depend on its number alone."""
    number, model, n, prevalence, correlation, draws = task
    generator = np.random.default_rng([number, draws])
    found = [study(generator, model, n, prevalence, correlation) for _ in range(draws)]
    cell = {"model": model, "n": n, "prevalence": prevalence, "icc": correlation}
    return [cell | summarise(np.array(found), prevalence)]


def archive(
    generator: Generator, model: str, prevalence: float, correlation: float
) -> tuple[Labelled, Codes]:
    """Labelled sentences of one archive, and their true labels.

    Labels of a document are Dirichlet-multinomial, so that `correlation` is that of the labels of
    two of its sentences. The model is a noisy view of the true label; its noise is shared within
    documents as the labels are. It was trained on balanced labels, as models are, so it sees a
    rare label too often. The drifting one gets worse and leans to the label as time goes on.
    """
    stream = np.array([prevalence, (1 - prevalence) * 0.4, (1 - prevalence) * 0.6])
    stream = np.append(stream * (1 - UNRELATED), UNRELATED)
    sizes = 1 + generator.poisson(7, DOCUMENTS)
    documents = np.repeat(np.arange(DOCUMENTS), sizes)
    if correlation:
        concentration = (1 - correlation) / correlation
        shares = generator.dirichlet(stream * concentration, DOCUMENTS)
    else:
        shares = np.tile(stream, (DOCUMENTS, 1))
    ends = shares.cumsum(axis=1)[documents, :-1]
    n = len(documents)
    truth = (generator.random(n)[:, None] > ends).sum(axis=1)
    view = np.sqrt(1 - correlation) * generator.standard_normal((n, len(LABELS)))
    view += np.sqrt(correlation) * generator.standard_normal((DOCUMENTS, len(LABELS)))[documents]
    moment = documents / DOCUMENTS
    signal = {"good": 2.6, "poor": 1.4, "drifting": 2.6 - 1.4 * moment}[model]
    view[np.arange(n), truth] += signal
    if model == "drifting":
        view[:, 0] += 0.8 * moment
    odds = np.exp(2.2 * view)
    labelled = Labelled(
        LABELS, odds / odds.sum(axis=1, keepdims=True), view.argmax(axis=1), documents
    )
    return labelled, truth


def study(
    generator: Generator, model: str, n: int, prevalence: float, correlation: float
) -> list[float]:
    """One archive, one sample of it, one estimate, and one by hand alone."""
    labelled, truth = archive(generator, model, prevalence, correlation)
    drawn = draw(labelled, np.zeros_like(truth), n, int(generator.integers(2**32)))
    ours = _first(estimate(labelled, Gold(drawn.rows, truth[drawn.rows], drawn.inclusion)))
    random = generator.choice(len(truth), n, replace=False)
    picked = Gold(random, truth[random], np.full(n, n / len(truth)))
    by_hand = _first(estimate(labelled, picked, tuning=0)).gold_interval
    in_archive = float(np.mean(truth[truth < 3] == 0))
    accuracy = float(np.mean(labelled.predicted == truth))
    row = [ours.corrected, *ours.interval, bool(ours.thin), ours.gain]
    return [*row, *by_hand, in_archive, accuracy, *_naive(labelled)]


def _first(group: Group | None) -> Share:
    if group is None:
        raise RuntimeError("no gold sentence counts")
    return group.shares[0]


def _naive(labelled: Labelled) -> tuple[float, float]:
    """The interval that is had by taking predicted labels for true ones."""
    counted = labelled.predicted < 3
    share = float(np.mean(labelled.predicted[counted] == 0))
    half = 1.96 * np.sqrt(share * (1 - share) / counted.sum())
    return share - half, share + half


def summarise(found: Floats, truth: float) -> dict[str, Any]:
    """Coverage and widths of one cell."""
    share, low, high, thin, gain, hand_low, hand_high, archive, accuracy, *naive = found.T
    firm = thin == 0
    covered = (low <= truth) & (truth <= high)
    cell = {
        "accuracy": accuracy.mean(),
        "bias": share.mean() - truth,
        "thin": thin.mean(),
        "corrected": covered.mean(),
        "corrected_if_not_thin": covered[firm].mean() if firm.any() else None,
        "of_archive": ((low <= archive) & (archive <= high)).mean(),
        "gold_alone": ((hand_low <= truth) & (truth <= hand_high)).mean(),
        "naive": ((naive[0] <= truth) & (truth <= naive[1])).mean(),
        "naive_share": (naive[0] + naive[1]).mean() / 2,
        "width": (high - low).mean(),
        "width_vs_gold": (high - low).mean() / (hand_high - hand_low).mean(),
        "gain": np.median(gain),
    }
    return {name: one if one is None else round(float(one), 4) for name, one in cell.items()}


def overall(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures over all cells; those thin in most draws are listed apart."""
    firm = [one for one in cells if one["thin"] < 0.5]
    thin = [one for one in cells if one["thin"] >= 0.5]
    good = [one for one in firm if one["model"] == "good"]
    names = ("model", "n", "prevalence", "icc", "thin", "corrected")
    outside = [one for one in firm if not 0.93 <= one["corrected"] <= 0.97]
    return {
        "corrected_min": min(one["corrected"] for one in firm),
        "corrected_max": max(one["corrected"] for one in firm),
        "corrected_if_not_thin_min": min(one["corrected_if_not_thin"] for one in firm),
        "corrected_if_not_thin_max": max(one["corrected_if_not_thin"] for one in firm),
        "thin_min": min((one["corrected"] for one in thin), default=None),
        "thin_max": max((one["corrected"] for one in thin), default=None),
        "naive_min": min(one["naive"] for one in firm),
        "naive_max": max(one["naive"] for one in firm),
        "width_vs_gold": max(one["width_vs_gold"] for one in good),
        "outside": [{name: one[name] for name in names} for one in outside],
        "thin_cells": [{name: one[name] for name in names} for one in thin],
    }


if __name__ == "__main__":
    main()
