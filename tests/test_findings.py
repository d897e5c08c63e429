"""From a labelled table and a coded sample to shares: the library and the two commands."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import write_jsonl
from typer.testing import CliRunner

from stance.cli.commands import app
from stance.errors import ConfigError
from stance.findings import as_text, differences, plan, shares
from stance.gold import read_gold
from stance.labelled import open_labelled, read_labelled
from stance.labels import LABELS

MONTHS = ("2024-01", "2024-02", "2024-03")


def study(folder, n_documents=40, seed=0):
    """A labelled file with two outlets and three months, and the true label of each sentence."""
    generator = np.random.default_rng(seed)
    rows, truth = [], {}
    for number in range(1, 6 * n_documents + 1):
        outlet, month = ("De Brug", "[b]Kanaal[/b]")[number % 2], MONTHS[number % 3]
        for place in range(4):
            label = int(generator.choice(4, p=[0.2, 0.3, 0.1, 0.4]))
            odds = np.exp(2 * (generator.standard_normal(4) + 2.5 * np.eye(4)[label]))
            chances = dict(zip(LABELS, (odds / odds.sum()).round(6).tolist(), strict=True))
            predicted = max(chances, key=chances.get)
            rows.append(
                {"outlet": outlet, "date": f"{month}-15", "row": number, "sentence_index": place}
                | {"sentence": f"Zin {number}.{place}", "label": predicted}
                | {"score": chances[predicted]}
                | {f"p_{name}": chance for name, chance in chances.items()}
            )
            truth[number, place] = LABELS[label]
    return write_jsonl(folder / "labels.jsonl", rows), truth


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture(scope="module")
def coded(tmp_path_factory):
    """A labelled file and a sample of it that was filled in with the true labels."""
    folder = tmp_path_factory.mktemp("study")
    labels, truth = study(folder)
    done = run("sample", labels, "--n", 300, "--by", "outlet", "--out", folder / "todo.csv")
    assert done.exit_code == 0, done.stderr
    assert "300 of 960 sentences are in" in done.stderr
    assert "then: stance estimate" in done.stderr
    text = (folder / "todo.csv").read_text("utf-8-sig")
    rows = [*csv.DictReader(io.StringIO(text))]
    for row in rows:
        row["gold"] = truth[int(row["row"]), int(row["sentence_index"])]
    with (folder / "gold.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return labels, folder / "gold.csv", truth


def read(coded, by):
    table = read_labelled(open_labelled(coded[0]), by)
    return table, read_gold(coded[1], table)


def test_the_truth_is_within_most_intervals(coded):
    table, gold = read(coded, ["outlet", "month"])
    records = shares(table, gold, ["outlet", "month"], level=0.99)
    assert [one["label"] for one in records] == [*LABELS[:3]] * 6
    assert [one["month"] for one in records[::3]] == [*MONTHS] * 2
    assert sum(one["n_gold"] for one in records[::3]) == 300
    inside = 0
    for one in records:
        mine = [
            label
            for (number, _), label in coded[2].items()
            if ("De Brug", "[b]Kanaal[/b]")[number % 2] == one["outlet"]
            and MONTHS[number % 3] == one["month"]
            and label != "unrelated"
        ]
        inside += one["low"] <= mine.count(one["label"]) / len(mine) <= one["high"]
    assert inside >= 17


def test_differences_are_between_neighbours_and_between_the_ends(coded):
    table, gold = read(coded, ["outlet", "month"])
    records = differences(table, gold, ["outlet", "month"], "month")
    pairs = [(one["outlet"], one["from"], one["to"]) for one in records[::3]]
    assert pairs[:3] == [
        ("De Brug", MONTHS[0], MONTHS[1]),
        ("De Brug", MONTHS[1], MONTHS[2]),
        ("De Brug", MONTHS[0], MONTHS[2]),
    ]
    for one in records:
        assert one["difference"] == pytest.approx(one["share_to"] - one["share_from"])
        assert one["low"] < one["difference"] < one["high"]
    assert len(differences(table, gold, ["outlet"], "outlet")) == 3
    with pytest.raises(ConfigError, match="none of --by outlet"):
        differences(table, gold, ["outlet"], "month")


def test_a_group_without_gold_is_listed_with_its_naive_share(tmp_path):
    labels, truth = study(tmp_path)
    table = read_labelled(open_labelled(labels), ["outlet"])
    (tmp_path / "own.csv").write_text(
        "row,sentence_index,gold,inclusion_probability\n"
        + "".join(f"{n},0,{truth[n, 0]},0.3\n" for n in range(2, 160, 2)),
        "utf-8",
    )
    gold = read_gold(tmp_path / "own.csv", table)
    records = shares(table, gold, ["outlet"])
    assert records[0]["corrected"] is not None
    assert records[3]["corrected"] is None
    assert records[3]["naive"] == pytest.approx(0.33, abs=0.1)
    assert "no gold sentences" in records[3]["flag"]
    assert differences(table, gold, ["outlet"], "outlet") == []


def test_the_plan_has_a_width_for_every_size_that_is_possible(coded):
    table, _ = read(coded, ["outlet"])
    records = plan(table, ["outlet"], [8, 100, 400], "stance", 0.95)
    assert len(records) == 6
    for one in records:
        assert one["width_8"] is None
        assert one["width_400"] < one["width_100"]
    with pytest.raises(ConfigError, match="pass --n 10 or more"):
        plan(table, ["outlet"], [8], "stance", 0.95)


def test_the_same_command_draws_the_same_sample(coded, tmp_path):
    for name, seed in (("a.csv", 3), ("b.csv", 3), ("c.csv", 4)):
        done = run("sample", coded[0], "--n", 50, "--seed", seed, "--out", tmp_path / name)
        assert done.exit_code == 0
    texts = [(tmp_path / name).read_bytes() for name in ("a.csv", "b.csv", "c.csv")]
    assert texts[0] == texts[1] != texts[2]


def test_the_estimate_is_shown_and_written(coded, tmp_path):
    labels, gold, _ = coded
    done = run("estimate", labels, gold, "--by", "outlet", "--out", tmp_path / "s.csv")
    assert done.exit_code == 0, done.stderr
    assert "share among the sentences that are not unrelated; 95 % intervals" in done.stdout
    assert "[b]Kanaal[/b]" in done.stdout
    with (tmp_path / "s.csv").open(encoding="utf-8") as file:
        rows = [*csv.DictReader(file)]
    assert {one["of"] for one in rows} == {"stance"}
    assert float(rows[0]["low"]) < float(rows[0]["corrected"]) < float(rows[0]["high"])
    for of, n_labels in (("all", 4), ("document", 4)):
        out = tmp_path / f"{of}.json"
        done = run("estimate", labels, gold, "--of", of, "--out", out)
        assert done.exit_code == 0, done.stderr
        records = json.loads(out.read_text("utf-8"))
        assert len(records) == n_labels
        assert sum(one["corrected"] for one in records) == pytest.approx(1)


def test_differences_and_plans_are_shown(coded):
    done = run("estimate", *coded[:2], "--by", "outlet,month", "--compare", "month")
    assert done.exit_code == 0, done.stderr
    assert "difference" in done.stdout
    done = run("sample", coded[0], "--plan", "--by", "outlet")
    assert done.exit_code == 0, done.stderr
    assert "1,600" in done.stdout


def test_thin_groups_say_so(coded):
    done = run("estimate", *coded[:2], "--by", "row")
    assert done.exit_code == 0, done.stderr
    assert "too thin" in done.stdout


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        (["sample", "{labels}"], 2, "give --out FILE"),
        (["sample", "{labels}", "--plan", "--out", "x.csv"], 2, "give --out FILE"),
        (["sample", "{labels}", "--out", "x.xlsx"], 5, "the suffix is '.xlsx'"),
        (["sample", "{labels}", "--out", "{labels}"], 5, "is the input itself"),
        (["sample", "{labels}", "--out", "{gold}"], 5, "--overwrite"),
        (["sample", "{labels}", "--n", "5", "--by", "outlet", "--out", "x.csv"], 2, "2 groups"),
        (["sample", "{labels}", "--by", "krant", "--out", "x.csv"], 3, "no column 'krant'"),
        (["sample", "{labels}", "--by", "a,,b", "--out", "x.csv"], 2, "column names, each once"),
        (["sample", "weg.csv", "--out", "x.csv"], 3, "no such file"),
        (["estimate", "{labels}", "weg.csv"], 3, "weg.csv: no such file"),
        (["estimate", "{gold}", "{gold}"], 3, "no column 'label'"),
        (["estimate", "{labels}", "{labels}"], 3, "no column 'gold'"),
        (["estimate", "{labels}", "{gold}", "--of", "zinnen"], 2, "expected one of stance, all"),
        (["estimate", "{labels}", "{gold}", "--level", "95"], 2, "between 0 and 1"),
        (["estimate", "{labels}", "{gold}", "--compare", "month"], 2, "none of --by (nothing)"),
        (["estimate", "{labels}", "{gold}", "--out", "x.pdf"], 5, "expected .csv or .json"),
        (["estimate", "{labels}", "{gold}", "--document", "x"], 3, "--document"),
    ],
)
def test_faults_are_one_line_and_an_exit_code(coded, tmp_path, monkeypatch, command, code, message):
    monkeypatch.chdir(tmp_path)
    done = run(*(one.format(labels=coded[0], gold=coded[1]) for one in command))
    assert done.exit_code == code, done.stderr
    assert message in done.stderr
    assert done.stderr.startswith("stance: ")
    assert done.stderr.count("\n") == 1
    assert [*tmp_path.iterdir()] == []


def test_a_csv_with_formulas_escaped():
    records = [{"=outlet": "@b", "n": -1, "low": None}]
    assert as_text(records, Path("a.csv")) == "=outlet,n,low\n@b,-1,\n"
    assert as_text(records, Path("a.csv"), escape_formulas=True) == "'=outlet,n,low\n'@b,-1,\n"
