import torch
from transformers import AutoModelForMaskedLM

from training.device import choose_attention, has_fast_bf16


def test_bf16_only_where_the_device_has_its_instructions(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for there in (True, False):
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda there=there: there)
        assert has_fast_bf16() is there
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    assert has_fast_bf16()


def test_plain_attention_computes_the_same(robbert_folder):
    plain = AutoModelForMaskedLM.from_pretrained(robbert_folder).eval()
    chosen = AutoModelForMaskedLM.from_pretrained(robbert_folder).eval()
    choose_attention(chosen)
    ids = torch.tensor([[0, 30, 40, 50, 3]])
    with torch.no_grad():
        assert torch.allclose(plain(ids).logits, chosen(ids).logits, atol=1e-5)
