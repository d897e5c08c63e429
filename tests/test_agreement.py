import krippendorff
import numpy as np
import pytest
from conftest import write_jsonl
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from stance.agreement import agreement, alpha, coincidences_of, collapse, kappa, share_agreed
from stance.coded_file import read_coded
from stance.metrics import confusion

LABELS = ("favor", "against", "neutral")
CODES = st.lists(st.tuples(*[st.integers(0, 2)] * 2), min_size=2, max_size=30)


def study(tmp_path, cells, **columns):
    """Rows of codes, "" for none, with a document every two rows."""
    rows = [
        {"group": str(i // 2), **dict(zip("abc", one, strict=False))} for i, one in enumerate(cells)
    ]
    for name, values in columns.items():
        for row, value in zip(rows, values, strict=True):
            row[name] = value
    path = write_jsonl(tmp_path / "coded.jsonl", rows)
    coders = [name for name in "abc" if name in rows[0]]
    return agreement(read_coded(path, coders, LABELS))


CELLS = [
    ("favor", "favor", "favor"), ("favor", "against", "favor"), ("against", "against", ""),
    ("neutral", "neutral", "neutral"), ("neutral", "favor", "neutral"), ("", "against", "against"),
    ("favor", "", ""), ("against", "against", "against"),
] * 6  # fmt: skip


@given(CODES)
def test_kappa_is_that_of_scikit_learn(codes):
    one, two = zip(*codes, strict=True)
    found = kappa(confusion(one, two, 3))
    if len({*one, *two}) == 1:
        assert np.isnan(found)
        return
    assert found == pytest.approx(cohen_kappa_score(one, two))
    binary = [[int(code == 1) for code in coder] for coder in (one, two)]
    if len({*binary[0], *binary[1]}) > 1:
        own = kappa(collapse(confusion(one, two, 3), 1))
        assert own == pytest.approx(cohen_kappa_score(*binary))
    same = np.mean([a == b for a, b in codes])
    assert share_agreed(confusion(one, two, 3)) == pytest.approx(same)


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=2, max_size=20))
def test_alpha_of_sums_is_that_of_the_package(votes):
    counts = np.array(votes)
    shared = counts[counts.sum(axis=1) > 1]
    if len(shared) == 0 or (shared.sum(axis=0) > 0).sum() < 2:
        return
    theirs = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    assert alpha(coincidences_of(counts).sum(axis=0)) == pytest.approx(theirs)


def test_the_example_of_krippendorff():
    """Krippendorff 2011, Computing Krippendorff's alpha-reliability, section C: .743."""
    nan = np.nan
    data = np.array([
        [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
        [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
    ])  # fmt: skip
    votes = (data.T[:, :, None] == np.arange(1, 6)).sum(axis=1)
    assert alpha(coincidences_of(votes).sum(axis=0)) == pytest.approx(0.743, abs=5e-4)


def test_everything_of_three_coders(tmp_path):
    found = study(tmp_path, CELLS)
    assert (found["rows"], found["n"], found["differ"]) == (48, 42, 12)
    assert (found["documents"], found["document_column"]) == (24, "group")
    assert found["flag"] == ""
    codes = [
        [LABELS.index(c) if c else np.nan for c in coder] for coder in zip(*CELLS, strict=True)
    ]
    theirs = krippendorff.alpha(codes, level_of_measurement="nominal")
    assert found["alpha"]["value"] == pytest.approx(theirs)
    low, high = found["alpha"]["interval"]
    assert low < theirs < high
    both = [(a, b) for a, b, _ in CELLS if a and b]
    pair = found["pairs"][0]
    assert (pair["a"], pair["b"], pair["n"]) == ("a", "b", len(both))
    assert pair["kappa"]["value"] == pytest.approx(
        cohen_kappa_score(*zip(*both, strict=True), labels=LABELS)
    )
    kappas = {f"{one['a']}{one['b']}": one["kappa"]["value"] for one in found["pairs"]}
    a = next(one for one in found["coders"] if one["coder"] == "a")
    assert a["kappa"]["value"] == pytest.approx((kappas["ab"] + kappas["ac"]) / 2)
    assert a["coded"] == 42
    favor = found["labels"][0]
    assert favor["given"] == sum(cell == "favor" for row in CELLS for cell in row)
    binary = [[np.nan if c != c else int(c == 0) for c in coder] for coder in codes]
    theirs = krippendorff.alpha(binary, level_of_measurement="nominal")
    assert favor["alpha"]["value"] == pytest.approx(theirs)
    assert {*found["ceiling"]["coders"][0]} == {"coder", "n", "ties", "human"}
    assert "difference" not in found["ceiling"]["mean"]


def test_coders_who_say_the_same(tmp_path):
    found = study(tmp_path, [("favor", "favor")] * 4 + [("against", "against")] * 4)
    assert found["alpha"] == {"value": 1.0, "interval": [1.0, 1.0]}
    assert found["ceiling"]["mean"]["human"]["macro_f1"] == 1
    assert found["flag"] == "4 documents, 20 needed for an interval"


def test_what_is_undefined_is_none(tmp_path):
    found = study(tmp_path, [("favor", "favor", "")] * 3 + [("favor", "", "favor")])
    nothing = {"value": None, "interval": None}
    assert found["alpha"] == found["pairs"][0]["kappa"] == nothing
    assert found["pairs"][2]["percentage"] == nothing  # b and c share no row
    assert found["percentage"]["value"] == 1
    assert found["labels"][1]["alpha"] == nothing


def test_documents_make_intervals_wider(tmp_path):
    cells = [("favor", "favor")] * 20 + [("favor", "against")] * 20
    one = study(tmp_path, cells, group=[str(i // 10) for i in range(40)])
    other = study(tmp_path, cells, group=[str(i) for i in range(40)])
    widths = [np.diff(study["percentage"]["interval"])[0] for study in (one, other)]
    assert widths[0] > 1.5 * widths[1]


def test_holders_of_two_coders(tmp_path):
    kiev, long = {"text": "Kiev", "stance": "favor"}, {"text": "Kiev zelf", "stance": "favor"}
    found = study(
        tmp_path, [("favor", "favor")] * 4, text=["Kiev zelf wil."] * 4,
        a_holders=[[kiev], [kiev], [], [kiev]], b_holders=[[kiev], [long], [], []],
    )  # fmt: skip
    everybody, named, author = found["holders"]
    assert (everybody["of_a"], everybody["of_b"], everybody["n"]) == (3, 2, 4)
    assert everybody["exact"]["value"] == pytest.approx(2 / 5)
    assert everybody["overlap"]["value"] == pytest.approx(4 / 5)
    assert named["exact"] == everybody["exact"]
    assert author["exact"] == {"value": None, "interval": None}


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-1, 2)] * 3), min_size=1, max_size=12))
def test_measures_lie_in_their_intervals_and_bounds(tmp_path_factory, cells):
    cells = [("favor", "against", "neutral"), ("favor", "favor", "favor")] + [
        tuple("" if code < 0 else LABELS[code] for code in one) for one in cells
    ]
    found = study(tmp_path_factory.mktemp("a"), cells)
    measures = [found["alpha"], found["percentage"]]
    measures += [one[name] for one in found["labels"] for name in ("alpha", "kappa")]
    for one in measures:
        if one["value"] is not None:
            low, high = one["interval"]
            assert -1 <= low <= high <= 1
