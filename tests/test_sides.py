"""Who takes which side: arrays, the outcome made of them, and whether its interval holds."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from stance.errors import ConfigError, InputError
from stance.intervals import wilson
from stance.labels import LABELS
from stance.population import Gold, Labelled
from stance.prevalence import estimate
from stance.sampling import draw
from stance.sides import OUTCOMES, UNSEEN_SIDES, Sides, read_sides, relabel, relabel_gold

FAVOR, AGAINST = ("Rusland", "favor"), ("Rusland", "against")
KINDS = (frozenset(), frozenset([FAVOR]), frozenset([AGAINST]))


def sides(codes):
    return Sides(KINDS, np.array(codes))


def labelled(predicted, documents=None):
    predicted = np.array(predicted)
    documents = np.arange(len(predicted)) if documents is None else documents
    return Labelled(LABELS, np.eye(4)[predicted], predicted, documents)


def estimates(table, said, gold, coded, side, of):
    """The share of Russia's side and the sum of all, by `estimate`."""
    found = estimate(
        relabel(table, said, "Rusland", side, of),
        relabel_gold(gold, LABELS, coded, "Rusland", side, of),
        unseen=UNSEEN_SIDES,
    )
    assert sum(one.corrected for one in found.shares) == pytest.approx(1)
    return next(one for one in found.shares if one.label == side)


def test_sides_of_sentences():
    found = Sides.of([frozenset([FAVOR, ("author", "against")]), frozenset(), frozenset([FAVOR])])
    assert found.has("Rusland").tolist() == [True, False, True]
    assert found.has("author", "favor").tolist() == [False, False, False]
    assert found.actors == {"Rusland": 2, "author": 1}


def test_a_column_is_read_and_a_fault_named_with_its_row():
    texts = ["Moskou: favor", "", "", "Moskou: favor"]
    found = read_sides(pa.chunked_array([pa.array(texts)]), Path("t.csv"))
    assert found.has("Rusland", "favor").tolist() == [True, False, False, True]
    texts[2] = "Moskou"
    with pytest.raises(InputError, match=r"t\.csv: row 3, column 'holders': has 'Moskou', expect"):
        read_sides(pa.chunked_array([pa.array(texts)]), Path("t.csv"))


def test_sentences_are_labelled_anew():
    # Favor, against, neutral and unrelated; Russia in favor in the first, against in the second.
    table = labelled([0, 1, 2, 3])
    said = sides([1, 2, 0, 0])

    def anew(of):
        return [OUTCOMES[code] for code in relabel(table, said, "Rusland", "favor", of).predicted]

    assert anew("stance") == ["favor", "against", "neither", "unrelated"]
    assert anew("all") == ["favor", "against", "neither", "neither"]
    assert anew("side") == ["favor", "against", "unrelated", "unrelated"]
    gold = Gold(np.array([3, 0]), np.array([3, 1]), np.ones(2))
    for of, outcomes in (("stance", [3, 1]), ("all", [2, 1]), ("side", [3, 1])):
        coded = relabel_gold(gold, LABELS, sides([0, 2]), "Rusland", "favor", of)
        assert coded.labels.tolist() == outcomes


def test_both_sides_in_a_sentence_are_counted_for_each():
    both = Sides((frozenset([FAVOR, AGAINST]),), np.zeros(3, int))
    table = labelled([2, 2, 2])
    for side in ("favor", "against"):
        anew = relabel(table, both, "Rusland", side, "stance")
        assert {OUTCOMES[code] for code in anew.predicted} == {side}


def test_that_a_sentence_counts_has_the_probability_of_its_labels():
    chances = np.array([[0.1, 0.5, 0.2, 0.2], [0.1, 0.1, 0.2, 0.6]])
    table = Labelled(LABELS, chances, chances.argmax(1), np.arange(2))
    anew = relabel(table, sides([2, 0]), "Rusland", "against", "stance")
    assert anew.probabilities == pytest.approx(np.array([[0, 0.8, 0, 0.2], [0, 0, 0.4, 0.6]]))
    anew = relabel(table, sides([2, 0]), "Rusland", "against", "all")
    assert anew.probabilities == pytest.approx(np.array([[0, 1, 0, 0], [0, 0, 1, 0]]))


def test_without_unrelated_there_is_no_share_of_stances():
    table = Labelled(("a", "b"), np.eye(2), np.array([0, 1]), np.arange(2))
    with pytest.raises(ConfigError, match="pass --of all"):
        relabel(table, sides([0, 1]), "Rusland", "favor", "stance")
    assert relabel(table, sides([0, 1]), "Rusland", "favor", "all").predicted.tolist() == [2, 0]


def test_a_correction_by_hand():
    # Twelve sentences; the model finds Russia against in three. Four were coded at random: it is
    # said of the first and last (1 0 0 1), and true of the first (1 0 0 0). Fewer than five make
    # one class. Deviations of what is said .5 -.5 -.5 .5, of the truth .75 -.25 -.25 -.25: sum of
    # products .5, of squares 1, lambda .5. Of all twelve .25 are said to be, of the coded .5:
    # .25 + .5 * (.25 - .5) = .125.
    said = sides([2, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0])
    gold = Gold(np.arange(4), np.array([1, 2, 2, 2]), np.full(4, 4 / 12))
    found = estimates(labelled([1] * 12), said, gold, sides([2, 0, 0, 0]), "against", "all")
    assert found.naive == pytest.approx(0.25)
    assert found.tuning == pytest.approx(0.5)
    assert found.corrected == pytest.approx(0.125)


def test_a_share_of_sides_by_hand():
    # Twenty sentences; Russia is said to be in favor in five, against in five, neither in ten, of
    # which five were coded, and all others. True: of those five one is in favor, and stands for
    # two; of the next five four; of the last five three are against and one in favor. So it is
    # in favor in 2 + 4 + 1 = 7 and against in 3.
    said = sides([0] * 10 + [1] * 5 + [2] * 5)
    true = [1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 2, 2, 2, 1, 0]
    gold = Gold(np.r_[:5, 10:20], np.full(15, 2), np.r_[np.full(5, 0.5), np.ones(10)])
    table = labelled([2] * 20)
    for side, share in (("favor", 0.7), ("against", 0.3)):
        found = estimates(table, said, gold, sides(true), side, "side")
        assert found.naive == pytest.approx(0.5)
        assert found.corrected == pytest.approx(share)
    assert estimates(table, said, gold, sides(true), "against", "all").corrected == 3 / 20


def test_intervals_hold_the_truth_and_naive_ones_do_not():
    generator = np.random.default_rng(8)
    held, held_naive, draws = {"stance": 0, "side": 0}, {"stance": 0, "side": 0}, 60
    truth = {"stance": 0.1, "side": 2 / 3}
    for _ in range(draws):
        documents = np.repeat(np.arange(300), 1 + generator.poisson(5, 300))
        true = generator.choice(3, len(documents), p=[0.85, 0.05, 0.1])
        labels = np.where(generator.random(len(documents)) < 0.6, 2, 3)
        true[labels == 3] = 0
        table = labelled(labels, documents)
        # The model misses half of all sides, and sees Russia against where it is not.
        said = np.where(generator.random(len(documents)) < 0.5, true, 0)
        said[(generator.random(len(documents)) < 0.12) & (labels == 2)] = 2
        drawn = draw(table, np.zeros_like(documents), 400, int(generator.integers(2**32)))
        gold = Gold(drawn.rows, labels[drawn.rows], drawn.inclusion)
        for of in held:
            one = estimates(table, sides(said), gold, sides(true[drawn.rows]), "against", of)
            held[of] += one.interval[0] <= truth[of] <= one.interval[1]
            n = int(((labels == 2) if of == "stance" else (said > 0)).sum())
            low, high = wilson(int((said == 2).sum()), n)
            held_naive[of] += low <= truth[of] <= high
    assert min(held.values()) >= 0.9 * draws, held
    assert max(held_naive.values()) <= 0.2 * draws, held_naive
