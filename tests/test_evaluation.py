import numpy as np
import pytest
from conftest import write_jsonl

from stance import StanceClassifier
from stance.errors import InputError
from stance.evaluation import LEAST_DOCUMENTS, Marked, evaluate_rows, mark, scores_of, view_scores
from stance.rows import LabelledRow, read_labelled
from stance.views import Absent, View


@pytest.fixture(scope="module")
def classifier(linear_folder):
    return StanceClassifier.from_pretrained(linear_folder)


def test_scores_of_a_file(classifier, stance_file):
    scores = evaluate_rows(classifier, read_labelled(stance_file))
    assert scores["n"] == scores["documents"] == 100
    assert scores["macro_f1"] > 0.8
    assert scores["flag"] == ""
    assert sum(map(sum, scores["confusion"])) == 100


def test_labels_of_another_codebook(classifier, tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", [{"text": "Een zin.", "label": "FAVOR"}])
    with pytest.raises(InputError, match="row 1: the label 'FAVOR' is none of the model's"):
        evaluate_rows(classifier, read_labelled(path))


def test_rows_are_labelled_in_steps(classifier, stance_file, monkeypatch):
    rows = read_labelled(stance_file)
    whole = mark(classifier, rows)
    monkeypatch.setattr("stance.evaluation._CHUNK", 30)
    steps = []
    parts = mark(classifier, rows, steps.append)
    assert steps == [30, 30, 30, 10]
    assert np.allclose(parts.probabilities, whole.probabilities)
    assert not parts.truncated.any()


def marked(n=60, documents=30):
    """Every third row is wrong."""
    rows = [LabelledRow(f"a: row {i}", "x", "", "ab"[i % 2], str(i % documents)) for i in range(n)]
    gold = np.arange(n) % 2
    wrong = np.arange(n) % 3 == 0
    probabilities = np.eye(2, dtype=np.float32)[np.where(wrong, 1 - gold, gold)]
    return Marked(rows, ("a", "b"), gold, probabilities, np.zeros(n, bool))


def test_scores_of_some_rows():
    one = marked()
    assert scores_of(one)["accuracy"] == pytest.approx(2 / 3)
    right = scores_of(one, np.flatnonzero(np.arange(60) % 3))
    assert (right["accuracy"], right["n"]) == (1, 40)
    assert scores_of(one, np.array([], int)) == {"n": 0}


def test_few_documents_are_flagged():
    assert scores_of(marked(documents=LEAST_DOCUMENTS))["flag"] == ""
    found = scores_of(marked(documents=LEAST_DOCUMENTS - 1))
    assert found["flag"] == "19 documents, 20 needed for an interval"


def test_rows_without_a_group_are_documents_of_their_own():
    rows = [LabelledRow(f"a: row {i}", "x", "", "a") for i in range(3)]
    one = Marked(rows, ("a",), np.zeros(3, int), np.ones((3, 1), np.float32), np.zeros(3, bool))
    assert len(set(one.documents)) == 3


def test_views_have_scores_or_a_reason():
    found = view_scores(
        marked(), [View("all", "all rows", np.arange(60)), Absent("grouped", "no column")]
    )
    assert (found[0]["n"], found[0]["reason"]) == (60, "")
    assert found[1] == {"view": "grouped", "rows": "", "reason": "no column"}
