import pytest
from pydantic import ValidationError

from training.pretrain_settings import PretrainConfig, RecycledModel


def test_defaults_fill_in():
    config = PretrainConfig.model_validate(
        {"model": {"type": "recycled", "name_or_path": "x"}, "data": {"files": "a.txt"}}
    )
    assert isinstance(config.model, RecycledModel)
    assert config.data.files == ["a.txt"]
    assert config.training.decay_ratio == 0.2


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("training", "masked_share", 0),
        ("training", "masked_share", 1),
        ("training", "epochs", 0),
        ("training", "decay_ratio", 1.5),
        ("data", "validation_share", 0.5),
        ("model", "vocab_size", 10),
        ("model", "heads", 4),
    ],
)
def test_values_out_of_range_and_unknown_keys_are_faults(section, key, value):
    values = {
        "model": {"type": "recycled", "name_or_path": "x"},
        "data": {"files": "a.txt"},
        "training": {},
    }
    values[section][key] = value
    with pytest.raises(ValidationError) as caught:
        PretrainConfig.model_validate(values)
    assert caught.value.errors()[0]["loc"][-1] == key
