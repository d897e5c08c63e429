import numpy as np
import torch
from transformers import AutoModelForMaskedLM

from training.masked_lm import predict_hidden_only, stack, start_at_frequencies
from training.text_blocks import IGNORED


def test_the_head_sees_hidden_positions_alone_at_the_same_loss(robbert_folder):
    ids = torch.tensor([[0, 30, 4, 50, 3], [0, 60, 70, 4, 3]])
    labels = torch.tensor([[IGNORED, 30, 40, IGNORED, IGNORED], [IGNORED] * 3 + [80, IGNORED]])
    plain = AutoModelForMaskedLM.from_pretrained(robbert_folder).eval()
    cut = AutoModelForMaskedLM.from_pretrained(robbert_folder).eval()
    predict_hidden_only(cut)
    with torch.no_grad():
        whole, part = plain(input_ids=ids, labels=labels), cut(input_ids=ids, labels=labels)
    assert part.logits.shape[:2] == (1, 3)
    assert torch.allclose(whole.loss, part.loss, atol=1e-6)


def test_a_fresh_head_knows_how_common_tokens_are(robbert_folder):
    model = AutoModelForMaskedLM.from_pretrained(robbert_folder)
    start_at_frequencies(model, np.array([[5, 5, 5, 6]], dtype=np.int32))
    shares = model.lm_head.decoder.bias.softmax(-1)
    assert shares[5] / shares[6] == 2  # one more of each than was seen
    assert shares[7] == shares[6] / 2


def test_rows_become_a_batch():
    rows = [{"input_ids": np.array([1, 2]), "labels": np.array([IGNORED, 2])}] * 3
    batch = stack(rows)
    assert batch["labels"].shape == (3, 2)
    assert batch["labels"].dtype == torch.int64
