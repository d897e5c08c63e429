import json
import shutil
import sys

import numpy as np
import pytest
import torch

from stance import gradients
from stance.backends import TorchBackend
from stance.encoding import Encoder, pad
from stance.errors import MissingExtraError, ModelError
from stance.explanation import TOLERANCE, split_words
from stance.gradients import IntegratedGradients
from stance.model_folder import load_settings

TEXT = "De minister wil de sancties tegen Mali, Iran en Syrië verlengen."
CONTEXT = "Gisteren ging het in de Kamer over Mali."


@pytest.fixture(scope="module")
def method(random_folder):
    return IntegratedGradients(random_folder, load_settings(random_folder))


def odds(logits, label):
    logits = logits / 1.5  # the temperature of the model
    rest = torch.cat([logits[:, :label], logits[:, label + 1 :]], dim=1)
    return logits[:, label] - rest.logsumexp(dim=1)


@pytest.mark.parametrize(("text", "context"), [(TEXT, ""), (TEXT, CONTEXT), ("Mali", "")])
def test_attributions_share_out_the_whole_difference(method, random_folder, text, context):
    found = method.attribute(text, context, 2)
    backend = TorchBackend(random_folder, 4)
    batch = pad(method.encoder.encode([text], [context]), 1)
    special = np.isin(batch["input_ids"], [0, 3])
    masked = batch | {"input_ids": np.where(special, batch["input_ids"], 4)}
    whole, nothing = (
        float(odds(torch.from_numpy(backend.logits(one).labels), 2)) for one in (batch, masked)
    )
    assert found.baseline_log_odds == pytest.approx(nothing, abs=1e-5)
    total = sum(one.attribution for one in found.words + found.context_words)
    assert abs(whole - nothing) > 10 * TOLERANCE
    assert total == pytest.approx(whole - nothing, abs=TOLERANCE)
    assert found.gap == pytest.approx(abs(total - (whole - nothing)), abs=1e-4)
    assert found.gap <= TOLERANCE


def test_words_and_offsets_are_those_of_the_texts(method):
    found = method.attribute(TEXT, CONTEXT, 0)
    for text, words in ((TEXT, found.words), (CONTEXT, found.context_words)):
        assert [(one.start, one.end) for one in words] == split_words(text)
        assert [text[one.start : one.end] for one in words] == [one.text for one in words]
    assert len(method.encoder.offsets(TEXT)) > len(found.words)  # so that some were joined


def test_they_are_integrals_of_gradients(method, monkeypatch):
    """Against a plain sum over a fine grid, without captum."""
    monkeypatch.setattr(gradients, "STEPS", (512,))
    model = method.backend.model
    ids = torch.from_numpy(pad(method.encoder.encode([TEXT]), 1)["input_ids"])
    special = (ids == 0) | (ids == 3)
    layer = model.get_input_embeddings()
    end, start = layer(ids).detach(), layer(ids.where(special, torch.tensor(4))).detach()
    total = torch.zeros_like(end)
    points = 2000
    for share in (torch.arange(points) + 0.5).split(100):
        path = start + (share / points)[:, None, None] * (end - start)
        path.requires_grad_(True)
        odds(model(inputs_embeds=path).logits, 2).sum().backward()
        total += path.grad.sum(dim=0)
    model.zero_grad()
    expected = ((end - start) * total / points).sum(dim=-1)[0, 1:-1]
    found = method.attribute(TEXT, "", 2).words
    offsets = method.encoder.offsets(TEXT)
    for one in found:
        # One token is a space, without a character of its own: it counts with the word behind it.
        own = [i for i, (a, _) in enumerate(offsets) if one.start <= a < one.end]
        assert one.attribution == pytest.approx(float(expected[own].sum()), abs=1e-3)


def test_more_steps_are_taken_until_the_gap_is_small(method, monkeypatch):
    monkeypatch.setattr(gradients, "STEPS", (1, 256))
    assert method.attribute(TEXT, "", 2).steps == 256
    monkeypatch.setattr(gradients, "STEPS", (1,))
    found = method.attribute(TEXT, "", 2)
    assert found.steps == 1
    assert found.gap > TOLERANCE


def test_a_context_that_is_cut(method):
    found = method.attribute(TEXT, "eerste " * 100 + "Mali", 0)
    attributions = [one.attribution for one in found.context_words]
    assert len(attributions) == 101
    assert attributions[0] == 0
    assert attributions[-1] != 0
    assert found.gap <= TOLERANCE


@pytest.mark.parametrize("name", ["captum.attr", "torch", "transformers"])
def test_a_missing_package_is_named(random_folder, monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    message = rf"{name} is not installed.*stance-nl\[explain\].*occlusion"
    with pytest.raises(MissingExtraError, match=message):
        IntegratedGradients(random_folder, load_settings(random_folder))


def test_a_tokenizer_without_a_mask(random_folder, tmp_path):
    shutil.copytree(random_folder, tmp_path / "model")
    path = tmp_path / "model" / "tokenizer_config.json"
    content = json.loads(path.read_text("utf-8"))
    del content["mask_token"]
    path.write_text(json.dumps(content), "utf-8")
    assert Encoder.from_folder(tmp_path / "model", 64).mask_id is None
    with pytest.raises(ModelError, match=r"no mask_token.*occlusion"):
        IntegratedGradients(tmp_path / "model", load_settings(tmp_path / "model"))
