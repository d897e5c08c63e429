import pytest
from pydantic import ValidationError

from training.resources import SEEDS
from training.settings import Data, LinearModel, TrainConfig, Training

GOOD = {
    "model": {"type": "pretrained", "name_or_path": "some/model"},
    "data": {"files": "rows.csv"},
}


def build(**sections):
    return TrainConfig.model_validate(GOOD | sections)


def test_settings_are_frozen_and_have_defaults():
    config = build()
    assert config.training is None
    assert config.data.files == ["rows.csv"]
    assert config.seed == [1]
    with pytest.raises(ValidationError):
        config.seed = [2]


def test_seeds_stand_for_the_files_of_our_corpus():
    assert build(data={"files": "seeds"}).files == sorted(SEEDS.glob("*.jsonl"))


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"input": {"context": "previous"}}, "data.columns.context names no column"),
        (
            {"model": {"type": "linear"}, "data": {"files": "x", "columns": {"soft": "soft_"}}},
            "names shares, which a linear model cannot learn",
        ),
        ({"seed": [1, 1]}, r"seed\n.* 1 is given twice"),
        ({"data": {"files": "x", "labels": ["a", "a"]}}, r"data\.labels\n.* a is given twice"),
        ({"model": {"type": "linear"}, "training": {"epochs": 2}}, "not used by a linear model"),
        ({"model": {"type": "scratch", "hidden_size": 30, "heads": 4}}, "not a multiple of heads"),
        ({"data": {"files": "a\0b"}}, r"data\.files\.0\n.* holds a NUL character"),
        ({"model": {"type": "linear", "regularization": float("inf")}}, "finite number"),
        ({"training": {"learning_rate": 0}}, "greater than 0"),
        ({"training": {"warmup_ratio": 1.0}}, "less than 1"),
        ({"other": 1}, "Extra inputs are not permitted"),
    ],
)
def test_sections_must_fit_together(sections, message):
    with pytest.raises(ValidationError, match=message):
        build(**sections)


def test_faults_between_sections_are_found_beside_those_within():
    with pytest.raises(ValidationError) as caught:
        build(
            model={"type": "linear", "min_count": 0},
            data={"labels": ["a", "a"]},
            input={"context": "previous", "max_length": 1},
            training={},
            seed=[1, 1],
        )
    assert {".".join(map(str, one["loc"])) for one in caught.value.errors()} == {
        "model.linear.min_count",
        "data.files",
        "data.labels",
        "input.context",
        "input.max_length",
        "training",
        "seed",
    }


def test_what_fits_together_is_checked_for_objects_too():
    with pytest.raises(ValidationError, match="not used by a linear model"):
        TrainConfig(model=LinearModel(type="linear"), data=Data(files=["x"]), training=Training())
    assert TrainConfig(model=LinearModel(type="linear"), data=Data(files=["x"])).seed == [1]
