"""The corpus keeps the promises of its data sheet."""

import csv
import json
import re
from collections import Counter, defaultdict

import pytest

from stance.labels import LABELS
from training.check import check_files
from training.resources import SEEDS

FIELDS = (
    "id text context label holders target genre variety origin difficulty group split"
).split()
GENRES = (
    "news wire headline opinion letter interview parliament motion programme statement analysis "
    "legal"
).split()
UNSEEN = (
    "Zimbabw Harare Mugabe Mnangagwa Nicaragua Managua Ortega Suriname Surinaams Bouterse "
    "Paramaribo Argentin Falkland Galtieri Ivoorkust Ivoriaan Gbagbo Abidjan"
).split()
INSTITUTIONS = re.compile(
    r"(EU|EG|Unie|Gemeenschap|Raad|Commissie|Parlement|Kamer|Senaat|Congres|Veiligheidsraad|VN|"
    r"Verenigde Naties|Twaalf|lidstaten|Hof|Gerecht|Algemene Vergadering|ministerie|"
    r"Europese ministers|Hoge Vertegenwoordiger)"  # bodies and bare titles of the Union
)


@pytest.fixture(scope="module")
def rows():
    return [
        json.loads(line) | {"slice": path.stem}
        for path in sorted(SEEDS.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]


def share(rows, **wanted):
    return sum(all(row[k] == v for k, v in wanted.items()) for row in rows) / len(rows)


def test_nothing_that_check_data_finds():
    assert check_files(sorted(SEEDS.glob("*.jsonl"))).faults == []


def test_every_row_has_every_field(rows):
    for row in rows:
        assert [*row][:-1] == FIELDS, row["id"]
        assert row["text"] == row["text"].strip() != ""
        assert "\n" not in row["text"] + row["context"]
        assert row["genre"] in GENRES
        assert row["variety"] in ("nl", "be")
        assert row["origin"] in ("written", "retold")
        assert row["difficulty"] in ("ordinary", "hard")


def test_size_and_shares(rows):
    ordinary = [row for row in rows if row["slice"].startswith("ordinary")]
    assert len(ordinary) >= 1000
    assert {row["label"] for row in ordinary} == {"unrelated"}
    core = [row for row in rows if not row["slice"].startswith("ordinary")]
    assert len(core) >= 8000
    assert 0.25 <= share(core, label="favor") <= 0.30
    assert 0.20 <= share(core, label="against") <= 0.30
    assert 0.20 <= share(core, label="neutral") <= 0.25
    assert 0.20 <= share(core, label="unrelated") <= 0.30
    assert 0.25 <= share(core, difficulty="hard") <= 0.40
    assert sum(bool(row["context"]) for row in rows) / len(rows) >= 0.40
    assert {row["genre"] for row in rows} == set(GENRES)
    assert share(rows, variety="be") > 0.30


def test_many_sanctioned_parties_and_none_that_outweighs(rows):
    targets = Counter(row["target"] for row in rows if row["target"])
    assert sum(n >= 20 for n in targets.values()) >= 25
    assert targets.most_common(1)[0][1] / len(rows) <= 0.15


def test_unrelated_sentences_have_no_target(rows):
    assert not [row["id"] for row in rows if row["label"] == "unrelated" and row["target"]]


def test_spans_of_holders_are_offsets(rows):
    for row in rows:
        for holder in row["holders"]:
            assert (holder["start"] is None) == (holder["text"] == "author"), row["id"]


def test_contrast_triples_share_a_group(rows):
    groups = defaultdict(set)
    for row in rows:
        if row["slice"] == "contrast-triples":
            groups[row["group"]].add(row["label"])
    assert len(groups) <= 100
    assert all(len(labels) >= 3 for labels in groups.values())


def test_the_unseen_part_is_unseen(rows):
    """Its sanctioned parties and named holders stand in no other slice."""
    unseen = [row for row in rows if row["slice"] == "unseen"]
    others = [row for row in rows if row["slice"] != "unseen"]
    assert {row["split"] for row in unseen} == {"test"}
    for row in others:
        text = f"{row['text']} {row['context']} {row['target']}"
        assert not [name for name in UNSEEN if name in text], row["id"]
    known = {holder["text"] for row in others for holder in row["holders"]}
    for row in unseen:
        for holder in row["holders"]:
            name = re.sub(r"^(De|Het|Een|Onze|Ons|U|Wij|Alle|Veel)\b", "", holder["text"])
            if re.search(r"[A-Z]", name) and not INSTITUTIONS.search(name):
                assert holder["text"] not in known, row["id"]


def test_readings_cover_the_corpus_and_explain_every_settlement(rows):
    with (SEEDS / "readings.csv").open(encoding="utf-8", newline="") as file:
        readings = {row["id"]: row for row in csv.DictReader(file)}
    assert set(readings) == {row["id"] for row in rows}
    for row in rows:
        reading = readings[row["id"]]
        assert reading["label"] == row["label"]
        assert {reading["label_1"], reading["label_2"]} <= set(LABELS)
        if not reading["label_1"] == reading["label_2"] == row["label"]:
            assert reading["reason"], row["id"]


def test_the_data_sheet_counts_right(rows):
    sheet = (SEEDS / "README.md").read_text("utf-8")
    for name in sorted({row["slice"] for row in rows}):
        part = [row for row in rows if row["slice"] == name]
        labels = Counter(row["label"] for row in part)
        counts = " | ".join(f"{labels[label]:,}" for label in LABELS)
        assert f"| `{name}.jsonl` | {len(part):,} | {counts} |" in sheet
    for split, number in Counter(row["split"] for row in rows).items():
        assert f"`{split}` ({number:,})" in sheet
