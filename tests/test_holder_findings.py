"""From a labelled table with holders and a coded sample to shares of sides."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from conftest import write_jsonl
from typer.testing import CliRunner

from stance.cli.commands import app
from stance.errors import ConfigError, InputError
from stance.gold import read_gold
from stance.gold_holders import read_gold_holders
from stance.holder_findings import choose_actors, holder_differences, holder_shares, make_study
from stance.labelled import open_labelled, read_labelled
from stance.sides import Sides

CHANCES = {"favor": 0.1, "against": 0.1, "neutral": 0.7, "unrelated": 0.1}
SAID = {"Rusland": 0.2, "author": 0.15, "Hongarije": 0.1, "de senatoren": 0.3}
"""How often each is said to be against; each is so in truth half as often."""


def study(folder, n=400):
    """A labelled file of sentences that all count, and who truly takes a side in each."""
    generator = np.random.default_rng(4)
    rows, truth = [], {}
    for number in range(1, n + 1):
        said = [name for name, share in SAID.items() if generator.random() < share]
        truth[number] = [name for name in said if generator.random() < 0.5]
        rows.append(
            {"outlet": "ab"[number % 2], "row": number, "sentence_index": 0}
            | {"sentence": f"Zin {number}", "label": "neutral", "score": 0.7}
            | {f"p_{name}": chance for name, chance in CHANCES.items()}
            | {"holders": [{"actor": name, "stance": "against"} for name in said]}
        )
    return write_jsonl(folder / "labels.jsonl", rows), truth


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture(scope="module")
def coded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("holders")
    labels, truth = study(folder)
    done = run("sample", labels, "--n", 200, "--out", folder / "todo.csv")
    assert done.exit_code == 0, done.stderr
    assert "and, for shares of holders, gold_holders, then: stance estimate" in done.stderr
    with (folder / "todo.csv").open(encoding="utf-8-sig") as file:
        rows = [*csv.DictReader(file)]
    written = {"Rusland": "het Kremlin", "de senatoren": "Senatoren"}
    for row in rows:
        names = truth[int(row["row"])]
        row["gold"] = "neutral"
        row["gold_holders"] = "; ".join(f"{written.get(name, name)}: against" for name in names)
    with (folder / "gold.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)
    return labels, folder / "gold.csv", truth


@pytest.fixture(scope="module")
def read(coded):
    table = read_labelled(open_labelled(coded[0]), ["outlet"], holders=True)
    gold = read_gold(coded[1], table)
    return make_study(table, gold, read_gold_holders(coded[1], gold, table.labelled.labels))


def test_shares_of_every_actor_side_and_group(coded, read):
    actors = choose_actors(read, "Moskou,de senatoren,author")
    assert actors == ("Rusland", "senatoren", "author")
    done = []
    records = holder_shares(read, actors, ["outlet"], progress=done.append)
    assert len(done) == 6
    assert [tuple(one.values())[:3] for one in records[:4]] == [
        ("Rusland", "favor", "a"),
        ("Rusland", "favor", "b"),
        ("Rusland", "against", "a"),
        ("Rusland", "against", "b"),
    ]
    for one in records[2:4]:
        mine = [names for n, names in coded[2].items() if "ab"[n % 2] == one["outlet"]]
        true = sum("Rusland" in names for names in mine) / len(mine)
        assert one["low"] < true < one["high"] < one["naive"] + 0.03
        assert one["flag"] == ""
        assert one["of"] == "stance"
    assert records[0]["naive"] == records[0]["corrected"] == 0
    assert "0 gold sentences with it" in records[0]["flag"]


def test_an_actor_whom_the_model_never_finds_is_estimated_too(read):
    blind = replace(read, predicted=Sides.of([frozenset()] * len(read.table.ids)))
    (record,) = holder_shares(blind, ["Rusland"], of="all")[1:]
    assert record["naive"] == 0
    assert record["low"] < 0.1 < record["high"]


def test_sides_add_up_among_themselves(read):
    found = holder_shares(read, ["Rusland"], of="side")
    assert [one["corrected"] for one in found] == pytest.approx([0, 1])
    assert {one["of"] for one in found} == {"side"}


def test_differences(read):
    (favor, against) = holder_differences(read, ["Rusland"], ["outlet"], "outlet")
    assert (favor["side"], against["side"]) == ("favor", "against")
    assert (against["from"], against["to"]) == ("a", "b")
    shares = [one["corrected"] for one in holder_shares(read, ["Rusland"], ["outlet"])[2:]]
    assert against["difference"] == pytest.approx(shares[1] - shares[0])
    assert against["low"] < against["difference"] < against["high"]
    with pytest.raises(ConfigError, match="none of --by outlet"):
        holder_differences(read, ["Rusland"], ["outlet"], "month")


def test_which_actors(read):
    assert choose_actors(read, "most") == ("Rusland", "author", "Hongarije")
    assert set(choose_actors(read, "all")) == {"senatoren", "Rusland", "author", "Hongarije"}
    assert choose_actors(read, "all")[0] == "senatoren"
    blind = replace(read, predicted=Sides.of([frozenset()] * len(read.table.ids)))
    with pytest.raises(ConfigError, match="--holders most: nobody takes a side there"):
        choose_actors(blind, "most")
    with pytest.raises(ConfigError, match=r"'Frankrijk': takes no side in .*labels\.jsonl"):
        choose_actors(read, "Rusland,Parijs")
    with pytest.raises(ConfigError, match="did you mean senatoren"):
        choose_actors(read, "senaatoren")
    with pytest.raises(ConfigError, match="names apart by commas"):
        choose_actors(read, "Rusland,,author")


def test_columns_that_the_output_has_itself_make_no_groups(read):
    with pytest.raises(ConfigError, match="--by side: is a column of the estimates themselves"):
        holder_shares(read, ["Rusland"], ["side"])


def test_what_the_model_tells_must_be_readable(coded, tmp_path):
    rows = [json.loads(line) for line in coded[0].read_text("utf-8").splitlines()]
    rows[6]["holders"] = [{"actor": "Rusland"}]
    path = write_jsonl(tmp_path / "broken.jsonl", rows)
    table = read_labelled(open_labelled(path), holders=True)
    with pytest.raises(InputError, match=r"broken\.jsonl: row 7, column 'holders': gives 'Rusl"):
        make_study(table, None, None)


def test_the_command(coded, tmp_path):
    labels, gold, _ = coded
    command = ["estimate", labels, gold, "--holders", "most"]
    done = run(*command, "--out", tmp_path / "s.csv")
    assert done.exit_code == 0, done.stderr
    assert "in which the holder takes the side, among the sentences that are not" in done.stdout
    assert "Hongarije  against" in done.stdout
    with (tmp_path / "s.csv").open(encoding="utf-8") as file:
        rows = [*csv.DictReader(file)]
    assert [*rows[0]][:3] == ["holder", "side", "of"]
    assert len(rows) == 6
    done = run(*command, "--of", "side", "--by", "outlet", "--compare", "outlet")
    assert done.exit_code == 0, done.stderr
    assert "among the sentences in which he takes one" in " ".join(done.stdout.split())
    assert "difference" in done.stdout


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--holders", "most", "--of", "document"], 2, "expected one of stance, all, side"),
        (["--of", "side"], 2, "expected one of stance, all, document"),
        (["--holders", "Parijs"], 2, "--holders 'Frankrijk': takes no side"),
        (["--holders", "all", "--compare", "outlet"], 2, "none of --by (nothing)"),
    ],
)
def test_faults_are_one_line_and_an_exit_code(coded, options, code, message):
    done = run("estimate", *coded[:2], *options)
    assert done.exit_code == code, done.stderr
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_sample_coded_without_holders_says_what_is_missing(coded, tmp_path):
    with coded[1].open(encoding="utf-8") as file:
        rows = [*csv.DictReader(file)]
    for name, change in (("left out", None), ("empty", "")):
        path = tmp_path / "gold.csv"
        for row in rows:
            row.pop("gold_holders", None)
            if change is not None:
                row["gold_holders"] = change
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*rows[0]])
            writer.writeheader()
            writer.writerows(rows)
        assert run("estimate", coded[0], path).exit_code == 0
        done = run("estimate", coded[0], path, "--holders", "most")
        assert done.exit_code == 3, name
        assert "gold_holders" in done.stderr
