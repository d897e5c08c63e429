import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stance.errors import OutputError
from stance.evaluation import Marked
from stance.evaluation_file import EvaluationFile
from stance.evaluation_report import errors_of, errors_text, report_of, report_text
from stance.rows import LabelledRow
from stance.seen import make_seen

LABELS = ("favor", "against")


def study(labels=LABELS, n=40, every=4):
    """Rows of two outlets, each a sentence of its own; every fourth is labelled wrongly."""
    rows = [
        LabelledRow(
            f"a.csv: row {i + 1}", f"Zin {i} {'x' * i}.", "", LABELS[i % 2], f"d{i // 2}",
            others={"outlet": "=Brug" if i < 20 else "Kanaal", "anna": LABELS[i % 2],
                    "bert": LABELS[int(i % 2 or i % 10 == 0)]},
        )
        for i in range(n)
    ]  # fmt: skip
    gold = np.arange(n) % 2
    said = np.where(np.arange(n) % every == 0, 1 - gold, gold)
    sure = 0.6 + np.arange(n) / n / 4
    probabilities = np.where(np.eye(2)[said] == 1, sure[:, None], 1 - sure[:, None])
    order = [LABELS.index(label) for label in labels]
    codes = np.array([labels.index(row.label) for row in rows])
    marked = Marked(
        rows, labels, codes, probabilities[:, order].astype(np.float32), np.zeros(n, bool)
    )
    columns = frozenset(("text", "label", "group", "outlet", "anna", "bert"))
    return EvaluationFile(Path("a.csv"), rows, "group", columns), marked


@pytest.fixture(scope="module")
def report():
    file, marked = study()
    _, other = study(labels=("against", "favor"), every=3)
    seen = make_seen([file.rows[1].text], ["t.csv: row 1"], ["d0"])
    return report_of(file, [marked, other], seen, by=["outlet"], coders=["anna", "bert"])


def test_all_that_was_asked_for(report):
    assert report["scores"]["accuracy"] == pytest.approx(0.75)
    assert [one["group"] for one in report["groups"]] == [{"outlet": "=Brug"}, {"outlet": "Kanaal"}]
    assert report["leaks"]["training"] == {"exact": 1, "normalised": 0, "near": 0}
    assert report["leaks"]["rows"][0]["other"] == "t.csv: row 1"
    views = {one["rows"] or one["view"]: one.get("n") for one in report["views"]}
    assert views == {
        "all rows": 40,
        "without near copies": 39,
        "documents not in training": 38,
        "documents in training": 2,
        "chronological": None,
        "unseen target": None,
    }
    assert report["coders"]["mean"]["human"]["macro_f1"] == pytest.approx(0.9, abs=0.01)
    assert report["training_sentences"] == 1


def test_another_model_may_have_its_labels_in_another_order(report):
    found = report["against"]["accuracy"]
    assert found["first"] == pytest.approx(0.75)
    assert found["second"] == pytest.approx(1 - 14 / 40)


def test_what_was_not_asked_for_is_empty():
    file, marked = study()
    found = report_of(file, [marked], None)
    assert (found["groups"], found["coders"], found["against"]) == ([], {}, {})
    assert found["training_sentences"] is None


def test_errors_come_with_the_most_confident_first():
    found = errors_of(study()[1])
    assert len(found) == 10
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    first = found[0]
    assert (first["place"], first["document"]) == ("a.csv: row 37", "d18")
    assert (first["gold"], first["predicted"]) == ("favor", "against")
    assert first["p_against"] == first["score"]


@pytest.mark.parametrize("fmt", ["csv", "tsv", "jsonl"])
def test_errors_as_text(fmt):
    marked = study()[1]
    text = errors_text(marked, fmt)
    if fmt == "jsonl":
        rows = [json.loads(line) for line in text.splitlines()]
        assert rows == errors_of(marked)
        return
    rows = [
        *csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter="\t" if fmt == "tsv" else ",")
    ]
    assert [row["place"] for row in rows] == [one["place"] for one in errors_of(marked)]
    assert rows[-1]["outlet"] == "'=Brug"  # a spreadsheet must not take it for a formula


def test_no_errors_are_a_header():
    marked = study()[1]
    right = replace(marked, gold=marked.predicted)
    assert errors_of(right) == []
    assert errors_text(right, "csv").startswith(
        "\ufeffplace,document,outlet,anna,bert,context,text"
    )
    assert errors_text(right, "csv").count("\n") == 1
    assert errors_text(right, "jsonl") == ""


def test_a_report_as_json_is_the_report(report):
    assert json.loads(report_text(report, Path("a.json"))) == report
    with pytest.raises(OutputError, match=r"expected \.csv or \.json"):
        report_text(report, Path("a.xlsx"))


def test_a_report_as_csv_is_its_scores(report):
    rows = [*csv.DictReader(io.StringIO(report_text(report, Path("a.csv"))))]
    found = {(row["view"], row["rows"], row["label"], row["measure"]): row for row in rows}
    one = found["group", "outlet=Kanaal", "favor", "recall"]
    expected = report["groups"][1]["per_label"]["favor"]
    assert float(one["value"]) == expected["recall"]
    assert [float(one["low"]), float(one["high"])] == expected["intervals"]["recall"]
    assert found["grouped", "documents not in training", "", "macro_f1"]["n"] == "38"
    assert found["all rows", "", "", "accuracy"]["documents"] == "20"
