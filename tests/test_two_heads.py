import json
import shutil

import numpy as np
import pytest
import torch

from stance import StanceClassifier
from stance.encoding import Encoder
from stance.errors import ModelError
from stance.holders import Holder
from stance.labels import TAGS
from training.text_blocks import IGNORED
from training.two_heads import Padding, tag_column

FAVOR = "De minister wil de sancties tegen Mali verlengen."
UNRELATED = "De trein naar Mali had vanochtend weer vertraging."


def test_a_trained_model_tells_who_takes_which_side(holders_folder):
    classifier = StanceClassifier.from_pretrained(holders_folder)
    favor, unrelated = classifier.predict([FAVOR, UNRELATED], ["", ""])
    assert [(one.text, one.start, one.stance) for one in favor.holders] == [
        ("De minister", 0, "favor")
    ]
    assert 0.5 < favor.holders[0].score <= 1
    assert unrelated.holders == []


def test_a_run_says_how_well_holders_are_told(holders_folder):
    metrics = json.loads((holders_folder / "metrics.json").read_text("utf-8"))
    holders = metrics["test"]["holders"]
    assert holders["named"]["gold"] == 8
    assert holders["named"]["exact"]["f1"] <= holders["named"]["overlap"]["f1"]
    assert "| named | test |" in (holders_folder / "README.md").read_text("utf-8")
    report = json.loads((holders_folder / "onnx" / "report.json").read_text("utf-8"))
    assert report["fp32"]["same_holders"] == 1.0


def test_all_backends_tell_the_same_holders(holders_folder):
    texts = [FAVOR, UNRELATED, "De minister wil de sancties tegen Cuba opheffen."]
    found = [
        [
            [(one.text, one.start, one.stance, round(one.score, 3)) for one in prediction.holders]
            for prediction in StanceClassifier.from_pretrained(
                holders_folder, backend=backend
            ).predict(texts)
        ]
        for backend in ("torch", "onnx-fp32")
    ]
    assert found[0] == found[1]
    assert found[0][0]


def test_both_folders_are_plain_transformers_folders(holders_folder):
    from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

    tokenizer = AutoTokenizer.from_pretrained(holders_folder / "holders")
    model = AutoModelForTokenClassification.from_pretrained(holders_folder / "holders").eval()
    assert tuple(model.config.id2label.values()) == TAGS
    labels = pipeline("text-classification", str(holders_folder))(FAVOR)
    assert labels[0]["label"] == "favor"
    # Without the context, as the pipeline reads it.
    with torch.inference_mode():
        logits = model(**tokenizer(FAVOR, return_tensors="pt")).logits[0]
    (ours,) = StanceClassifier.from_pretrained(holders_folder, backend="torch").predict([FAVOR])
    begin = logits[1].softmax(-1)
    assert ours.holders[0].score == pytest.approx(float(begin[1] + begin[2]), abs=0.2)
    assert TAGS[int(logits[1].argmax())] == "B-favor"


def test_a_second_head_that_is_gone(holders_folder, tmp_path):
    shutil.copytree(holders_folder, tmp_path / "model")
    shutil.rmtree(tmp_path / "model" / "holders")
    with pytest.raises(ModelError, match=r"holders: no config\.json"):
        StanceClassifier.from_pretrained(tmp_path / "model", backend="torch")
    # The exported graph holds both heads.
    assert StanceClassifier.from_pretrained(tmp_path / "model").predict([FAVOR])[0].holders


def test_a_graph_without_the_second_head(trained_folder, tmp_path):
    shutil.copytree(trained_folder, tmp_path / "model")
    path = tmp_path / "model" / "stance.json"
    settings = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(settings | {"holders": True}), "utf-8")
    with pytest.raises(ModelError, match="two float tensors, of labels and of tags"):
        StanceClassifier.from_pretrained(tmp_path / "model")


def test_tags_stand_at_the_sentence_and_nowhere_else(holders_folder):
    encoder = Encoder.from_folder(holders_folder, 64)
    (one,) = encoder.encode([FAVOR], ["De minister sprak."])
    holders = [Holder("De minister", 0, 11, "favor"), Holder("author", None, None, "favor")]
    (tags,) = tag_column(encoder, [FAVOR], [one], [holders])
    offsets = encoder.offsets(FAVOR)
    assert len(tags) == len(one.ids)
    assert TAGS[tags[0]] == "B-favor"
    for (start, end), found in zip(offsets, tags[1:], strict=False):
        assert (found == 0) == (start >= 11), FAVOR[start:end]
    assert set(tags[1 + len(offsets) :]) == {IGNORED}


def test_padding_is_no_token(holders_folder):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(holders_folder)
    rows = [
        {"input_ids": [0, 5, 3], "attention_mask": [1] * 3, "tags": [0, 1, IGNORED], "labels": 0},
        {"input_ids": [0, 3], "attention_mask": [1] * 2, "tags": [3, IGNORED], "labels": 1},
    ]
    batch = Padding(tokenizer)(rows)
    assert batch["tags"].tolist() == [[0, 1, IGNORED], [3, IGNORED, IGNORED]]
    assert batch["input_ids"].shape == (2, 3)
    assert np.array_equal(batch["labels"], [0, 1])
