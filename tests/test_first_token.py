import numpy as np
import pytest
import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from training.first_token import read_first_token_only

SMALL = {
    "vocab_size": 60, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
    "intermediate_size": 32, "attn_implementation": "eager",
}  # fmt: skip


def batch(rng):
    ids = torch.from_numpy(rng.integers(5, 60, (4, 9)))
    mask = torch.ones_like(ids)
    mask[0, 4:] = mask[2, 8:] = 0
    return {"input_ids": ids, "attention_mask": mask}


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (RobertaForSequenceClassification, RobertaConfig),
        (BertForSequenceClassification, BertConfig),
    ],
)
def test_logits_stay_and_the_last_layer_computes_one_token(kind, config):
    torch.manual_seed(0)
    model = kind(config(**SMALL)).eval()
    for parameter in model.parameters():  # biases and norms too, which start at 0 and 1
        torch.nn.init.normal_(parameter, std=0.3)
    inputs = batch(np.random.default_rng(0))
    with torch.no_grad():
        wanted = model(**inputs).logits
        read_first_token_only(model)
        assert torch.allclose(model(**inputs).logits, wanted, atol=1e-5)
        assert model.base_model(**inputs).last_hidden_state.shape == (4, 1, 16)


def test_other_kinds_of_layers_are_left_alone():
    config = DistilBertConfig(vocab_size=60, dim=16, n_layers=2, n_heads=2, hidden_dim=32)
    model = DistilBertForSequenceClassification(config).eval()
    before = [*model.modules()]
    read_first_token_only(model)
    assert [*model.modules()] == before
