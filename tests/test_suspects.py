import json

import numpy as np
import pytest
from conftest import stance_rows, write_jsonl

from stance.errors import ConfigError, InputError
from stance.labels import LABELS
from training.suspects import Judged, find_suspects, judge_by_folds, judge_by_model, read_labels


def rows_with_errors(wrong):
    """The sentences of the fixture, those at some places labelled against instead of favor."""
    rows = [{**row, "gold": row["label"]} for row in stance_rows()]
    for place in wrong:
        assert rows[place]["gold"] == "favor"
        rows[place]["gold"] = "against"
    return rows


def test_labels_that_were_changed_are_found(tmp_path):
    path = write_jsonl(tmp_path / "gold.jsonl", rows_with_errors([8, 40]))
    rows, steps = read_labels(path, LABELS), []
    judged = judge_by_folds(rows, LABELS, 4, steps.append)
    assert judged.probabilities.shape == (100, 4)
    assert judged.probabilities.sum(axis=1) == pytest.approx(np.ones(100), abs=1e-5)
    assert steps == [1, 1, 1, 1]
    found = find_suspects(judged, LABELS)
    assert {one["row"] for one in found[:2]} == {"9", "41"}
    assert {one["suggested"] for one in found[:2]} == {"favor"}
    assert found[0]["reason"].startswith("favor 0.")
    assert [one["quality"] for one in found] == sorted(one["quality"] for one in found)
    assert found[0]["quality"] == found[0]["p_against"]


def test_rows_without_a_label_are_none(tmp_path):
    rows = [{"sentence": "Een.", "gold": "favor"}, {"sentence": "Twee.", "gold": ""}]
    assert [one.text for one in read_labels(write_jsonl(tmp_path / "a.jsonl", rows), LABELS)] == [
        "Een."
    ]
    with pytest.raises(InputError, match="no row has a label in the column 'gold'"):
        read_labels(write_jsonl(tmp_path / "b.jsonl", rows[1:]), LABELS)
    with pytest.raises(InputError, match="row 1: gold is 'favor', expected pro, con"):
        read_labels(tmp_path / "a.jsonl", ["pro", "con"])


def test_labels_too_few_to_be_parted(tmp_path):
    rows = [{"text": f"Zin {i}.", "label": LABELS[i % 2]} for i in range(6)]
    labelled = read_labels(write_jsonl(tmp_path / "a.jsonl", rows), LABELS)
    with pytest.raises(ConfigError, match="--folds 5: 3 of the rows are labelled favor; lower it"):
        judge_by_folds(labelled, LABELS, 5)
    with pytest.raises(InputError, match="all rows are labelled 'favor'"):
        judge_by_folds(labelled[::2], LABELS, 2)
    one = [{**row, "group": row["label"]} for row in rows]
    grouped = read_labels(write_jsonl(tmp_path / "b.jsonl", one), LABELS)
    with pytest.raises(ConfigError, match="stand in too few groups"):
        judge_by_folds(grouped, LABELS, 2)
    with pytest.raises(ConfigError, match="--folds 3: the rows stand in 2 groups"):
        judge_by_folds(grouped, LABELS, 3)


def test_a_model_judges_only_what_it_has_not_learnt(tmp_path, linear_folder):
    path = write_jsonl(tmp_path / "gold.jsonl", rows_with_errors([88]))
    judged = judge_by_model(read_labels(path, LABELS), LABELS, linear_folder)
    assert (len(judged.rows), judged.left_out) == (16, 84)
    assert {row.split for row in judged.rows} == {None}
    assert find_suspects(judged, LABELS)[0]["row"] == "89"
    learnt = write_jsonl(tmp_path / "learnt.jsonl", rows_with_errors([])[:40])
    with pytest.raises(InputError, match="it has learnt from all 40 rows"):
        judge_by_model(read_labels(learnt, LABELS), LABELS, linear_folder)
    with pytest.raises(ConfigError, match="its labels are favor, against, neutral, unrelated"):
        judge_by_model(read_labels(path, LABELS), ["favor", "against"], linear_folder)


def test_a_model_of_unknown_training_does_not_judge(tmp_path, linear_folder):
    for path in linear_folder.iterdir():
        if path.is_file() and path.name != "metrics.json":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    gold = write_jsonl(tmp_path / "gold.jsonl", rows_with_errors([]))
    assert json.loads((tmp_path / "stance.json").read_text())
    with pytest.raises(InputError, match="what it was trained on is not at hand"):
        judge_by_model(read_labels(gold, LABELS), LABELS, tmp_path)


def test_one_label_has_no_suspects(tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", [{"text": "Zin.", "label": "favor"}])
    assert find_suspects(Judged(read_labels(path, LABELS), np.ones((1, 4)), "x"), LABELS) == []
