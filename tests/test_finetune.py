import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from training.finetune import class_weights, last_checkpoint, weighted_smoothed_loss

LABELS = st.lists(st.integers(0, 2), min_size=1, max_size=9)


@given(labels=LABELS, smoothing=st.sampled_from([0.0, 0.1, 0.5]), seed=st.integers(0, 99))
def test_without_weights_it_is_the_cross_entropy_of_torch(labels, smoothing, seed):
    torch.manual_seed(seed)
    logits, gold = torch.randn(len(labels), 3), torch.tensor(labels)
    ours = weighted_smoothed_loss(logits, gold, None, smoothing)
    theirs = functional.cross_entropy(logits, gold, label_smoothing=smoothing, reduction="sum")
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-5)


def test_weights_and_smoothing_work_together():
    logits, gold = torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 1])
    weights = torch.tensor([3.0, 1.0])
    rows = [weighted_smoothed_loss(logits[i : i + 1], gold[i : i + 1], None, 0.2) for i in (0, 1)]
    both = weighted_smoothed_loss(logits, gold, weights, 0.2)
    assert both.item() == pytest.approx(3 * rows[0].item() + rows[1].item())
    assert both != weighted_smoothed_loss(logits, gold, weights, 0.0)


def test_the_loss_is_computed_in_float32():
    logits = torch.randn(4, 3, dtype=torch.bfloat16)
    assert weighted_smoothed_loss(logits, torch.tensor([0, 1, 2, 0]), None, 0.1).dtype == (
        torch.float32
    )


def test_class_weights_balance_and_keep_the_mean():
    labels = [0] * 8 + [1] * 2
    weights = class_weights(labels, 2)
    assert weights[1] / weights[0] == pytest.approx(4)
    assert weights[labels].mean().item() == pytest.approx(1)


def test_a_checkpoint_that_was_cut_off_is_passed_over(tmp_path):
    assert last_checkpoint(tmp_path) is None
    for step in (9, 10, 100):
        (tmp_path / f"checkpoint-{step}").mkdir()
    for step in (9, 10):
        (tmp_path / f"checkpoint-{step}" / "trainer_state.json").touch()
    assert last_checkpoint(tmp_path) == tmp_path / "checkpoint-10"
