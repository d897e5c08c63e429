import pytest
from conftest import stance_rows, write_jsonl

from stance import StanceClassifier
from stance.errors import InputError
from training.evaluate import evaluate_rows, read_labelled


@pytest.fixture(scope="module")
def classifier(trained_folder):
    return StanceClassifier.from_pretrained(trained_folder)


def test_scores_of_a_file(classifier, stance_file):
    rows = read_labelled(stance_file)
    assert rows[0].context == stance_rows()[0]["context"]
    scores = evaluate_rows(classifier, rows)
    assert scores["n"] == 100
    assert scores["macro_f1"] > 0.8
    assert sum(map(sum, scores["confusion"])) == 100


def test_one_split_of_it(stance_file):
    assert len(read_labelled(stance_file, split="test")) == 16
    with pytest.raises(InputError, match="no rows with split 'dev'"):
        read_labelled(stance_file, split="dev")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": None}, "row 1: text is None"),
        ({"text": " "}, "row 1: text is ' '"),
        ({"label": None}, "row 1: label is None"),
        ({"context": 3}, "row 1: context is 3, expected text"),
    ],
)
def test_a_row_that_cannot_be_used_is_an_error(tmp_path, row, message):
    path = write_jsonl(tmp_path / "a.jsonl", [stance_rows()[0] | row])
    with pytest.raises(InputError, match=message):
        read_labelled(path)


def test_a_broken_line_is_an_error(tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", stance_rows())
    path.write_text(path.read_text("utf-8") + "{\n", "utf-8")
    with pytest.raises(InputError, match="row 101 cannot be used: line 101: not JSON"):
        read_labelled(path)


def test_missing_columns(stance_file):
    with pytest.raises(InputError, match="no column 'gold'; it has text, context, label"):
        read_labelled(stance_file, label_column="gold")


def test_labels_of_another_codebook(classifier, tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", [{"text": "Een zin.", "label": "FAVOR"}])
    with pytest.raises(InputError, match="row 1: the label 'FAVOR' is none of the model's"):
        evaluate_rows(classifier, read_labelled(path))
