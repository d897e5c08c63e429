import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from torch.nn import functional

from training.data import Example, Splits
from training.finetune import (
    _loss,
    class_weights,
    finetune,
    last_checkpoint,
    weighted_smoothed_loss,
)
from training.settings import Data, ScratchModel, TrainConfig, Training

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


@given(
    labels=LABELS, smoothing=st.sampled_from([0.0, 0.1]), weighted=st.booleans(),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_shares_of_one_give_the_loss_of_labels(labels, smoothing, weighted, seed):
    torch.manual_seed(seed)
    logits, gold = torch.randn(len(labels), 3), torch.tensor(labels)
    weights = torch.tensor([3.0, 1.0, 0.5]) if weighted else None
    shares = functional.one_hot(gold, 3).float()
    soft = weighted_smoothed_loss(logits, shares, weights, smoothing)
    assert soft.item() == pytest.approx(
        weighted_smoothed_loss(logits, gold, weights, smoothing).item(), rel=1e-5
    )


def test_a_row_of_shares_is_the_mean_of_its_labels():
    logits = torch.tensor([[2.0, 0.0, -1.0]])
    parts = [weighted_smoothed_loss(logits, torch.tensor([i]), None, 0.1) for i in (0, 2)]
    soft = weighted_smoothed_loss(logits, torch.tensor([[0.75, 0.0, 0.25]]), None, 0.1)
    assert soft.item() == pytest.approx(0.75 * parts[0].item() + 0.25 * parts[1].item())


def test_the_numbers_of_a_row_of_shares_count_as_one_row():
    """The Trainer says how many numbers there are among the labels of all accumulated steps."""
    logits, gold = torch.randn(4, 3), torch.tensor([0, 1, 2, 0])
    loss = _loss(None, 0.0, 1.0)
    expected = loss({"logits": logits}, gold, torch.tensor(8))
    shares = functional.one_hot(gold, 3).float()
    assert loss({"logits": logits}, shares, torch.tensor(24)).item() == pytest.approx(
        expected.item()
    )
    assert loss({"logits": logits}, shares).item() == pytest.approx(2 * expected.item())


def trained(folder, soft):
    """The weights of a tiny model that learnt from labels or, if given, from shares of them."""
    places = "Rusland Iran Cuba Mali Haïti Qatar Jemen Congo".split()
    texts = [f"De sancties tegen {place} {what}." for place in places for what in ("op", "af")]
    examples = [
        Example(text, "", i % 2, text, None, "", soft=soft[i % 2] if soft else ())
        for i, text in enumerate(texts)
    ]
    source = ScratchModel(type="scratch", vocab_size=300, hidden_size=8, layers=1, heads=1)
    config = TrainConfig(
        model=source,
        data=Data(files=["-"], labels=["op", "af"]),
        training=Training(epochs=1, batch_size=4, gradient_accumulation=2, learning_rate=0.01),
    )
    splits = Splits(examples, examples[:4], [], "")
    finetune(config, source, splits, 1, folder / "work", folder / "best", None)
    return load_file(folder / "best" / "model.safetensors")


def test_shares_train_a_model_and_shares_of_one_the_same_as_labels(tmp_path):
    labels = trained(tmp_path / "a", None)
    ones = trained(tmp_path / "b", [(1.0, 0.0), (0.0, 1.0)])
    halves = trained(tmp_path / "c", [(0.5, 0.5), (0.5, 0.5)])
    head = "classifier.out_proj.weight"
    assert all(torch.allclose(labels[name], ones[name], atol=1e-6) for name in labels)
    assert not torch.allclose(labels[head], halves[head], atol=1e-4)


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
