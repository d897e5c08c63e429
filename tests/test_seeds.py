"""The corpus keeps the promises of its data sheet."""

import json
from collections import Counter, defaultdict

import pytest

from stance.labels import LABELS
from training.data import near_duplicates
from training.resources import SEEDS

FIELDS = (
    "id text context label holders target genre variety origin difficulty group split"
).split()


@pytest.fixture(scope="module")
def rows():
    paths = sorted(SEEDS.glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def test_every_row_has_every_field(rows):
    for row in rows:
        assert list(row) == FIELDS, row["id"]
        assert row["label"] in LABELS
        assert row["text"] == row["text"].strip() != ""
        assert row["split"] in ("train", "validation", "test")
        assert row["variety"] in ("nl", "be")


def test_ids_are_unique(rows):
    assert len({row["id"] for row in rows}) == len(rows)


def test_holders_are_spans_of_the_text(rows):
    for row in rows:
        for holder in row["holders"]:
            assert holder["stance"] in ("favor", "against")
            if holder["text"] == "author":
                assert holder["start"] is holder["end"] is None
            else:
                assert row["text"][holder["start"] : holder["end"]] == holder["text"], row["id"]


def test_unrelated_sentences_have_no_holder_and_no_target(rows):
    for row in rows:
        if row["label"] == "unrelated":
            assert not row["holders"], row["id"]
            assert not row["target"], row["id"]


def test_groups_never_stand_in_two_splits(rows):
    splits = defaultdict(set)
    for row in rows:
        splits[row["group"]].add(row["split"])
    assert not [group for group, found in splits.items() if len(found) > 1]


def test_no_near_duplicates_across_splits(rows):
    pairs = near_duplicates([row["text"] for row in rows])
    assert not [(a, b) for a, b in pairs if rows[a]["split"] != rows[b]["split"]]


def test_two_sanctioned_parties_are_in_the_test_only(rows):
    for row in rows:
        text = f"{row['text']} {row['context']} {row['target']}"
        if any(name in text for name in ("Zimbabw", "Harare", "Nicaragua", "Managua")):
            assert row["split"] == "test", row["id"]


def test_the_data_sheet_counts_right(rows):
    sheet = (SEEDS / "README.md").read_text("utf-8")
    labels = Counter(row["label"] for row in rows)
    counts = " | ".join(f"{labels[label]:,}" for label in LABELS)
    assert f"| {len(rows):,} | {counts} |" in sheet
    for split, number in Counter(row["split"] for row in rows).items():
        assert f"`{split}` ({number:,})" in sheet
