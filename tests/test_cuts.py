import pytest
from conftest import write_jsonl
from report_tables import OUTLETS, rows, write, write_gold

from stance.errors import ConfigError
from stance.findings import shares
from stance.gold import read_gold
from stance.labelled import open_labelled, read_labelled
from stance.report.cuts import MOST_GROUPS, OTHERS, cut, fold
from stance.report.study import NOBODY_CODED


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cuts")
    table = read_labelled(open_labelled(write(folder / "t.parquet")), ["outlet", "month", "target"])
    return table, read_gold(write_gold(folder / "gold.csv"), table)


def test_corrected_shares_are_those_of_the_findings(study):
    table, gold = study
    found = cut(table, gold, "outlet", "stance", 0.9)
    assert found.corrected
    records = shares(table, gold, ["outlet"], "stance", 0.9)
    assert {one.name for one in found.groups} == set(OUTLETS)
    for group in found.groups:
        mine = [one for one in records if one["outlet"] == group.name]
        for line, one in zip(group.lines, mine, strict=True):
            assert (line.corrected, line.low, line.high) == (
                one["corrected"],
                one["low"],
                one["high"],
            )
            assert line.thin == bool(one["flag"])
            assert line.shown(True) == (None if line.thin else line.corrected)
            assert line.shown(False) == line.naive
    assert sum(one.n_gold for one in found.groups) == 120


def test_without_a_sample_shares_are_naive_and_add_up(study):
    table, _ = study
    found = cut(table, NOBODY_CODED, None, "stance", 0.95)
    (group,) = found.groups
    assert not found.corrected
    assert group.n == 240
    assert group.n_about == sum(row["label"] != "unrelated" for row in rows())
    assert sum(line.naive for line in group.lines) == pytest.approx(1)
    assert all(line.corrected is None for line in group.lines)


def test_time_is_in_order_and_groups_are_by_size(study):
    table, gold = study
    months = [one.name for one in cut(table, gold, "month", "stance", 0.95, in_order=True).groups]
    assert months == sorted(months)
    parties = cut(table, gold, "target", "stance", 0.95).groups
    assert parties[-1].name == ""  # those without a party come last, however many
    assert parties[0].n >= parties[1].n


def test_small_groups_are_taken_together_and_none_is_lost(tmp_path):
    table = rows(300)
    for number, row in enumerate(table):
        row["outlet"] = f"krant {min(number % 60, number % 45):02d}"
    names = [row["outlet"] for row in table]
    read = read_labelled(open_labelled(write_jsonl(tmp_path / "t.jsonl", table)), ["outlet"])
    folded, n = fold(read, "outlet")
    found = cut(read, NOBODY_CODED, "outlet", "all", 0.95)
    assert len(found.groups) == MOST_GROUPS
    assert n == found.folded == len(set(names)) - MOST_GROUPS + 1
    assert sum(one.n for one in found.groups) == 300
    assert found.groups[-1].name == OTHERS
    kept = [one for one in found.groups if one.name != OTHERS]
    assert all(one.n == names.count(one.name) for one in kept)
    least = min(one.n for one in kept)
    others = set(names) - {one.name for one in kept}
    assert max(names.count(name) for name in others) <= least
    assert folded.columns["outlet"].to_pylist().count(OTHERS) == found.groups[-1].n


def test_groups_in_which_nothing_counts_have_no_share(tmp_path):
    table = [row | {"outlet": row["label"]} for row in rows(60)]
    read = read_labelled(open_labelled(write(tmp_path / "t.parquet", table)), ["outlet"])
    found = cut(read, NOBODY_CODED, "outlet", "stance", 0.95)
    assert {one.name for one in found.groups} - {one.name for one in found.told} == {"unrelated"}


def test_labels_without_unrelated_need_another_whole(tmp_path):
    table = [{k: v for k, v in row.items() if k != "p_unrelated"} for row in rows(30)]
    table = [
        row | {"p_favor": 0.8, "label": "favor"} | {"p_against": 0.1, "p_neutral": 0.1}
        for row in table
    ]
    read = read_labelled(open_labelled(write_jsonl(tmp_path / "t.jsonl", table)), [])
    with pytest.raises(ConfigError, match="--of all"):
        cut(read, NOBODY_CODED, None, "stance", 0.95)
