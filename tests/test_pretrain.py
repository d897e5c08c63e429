import json
import math

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForMaskedLM, AutoModelForSequenceClassification, AutoTokenizer

from stance.errors import ConfigError, OutputError
from training.pretrain import pretrain
from training.pretrain_settings import PretrainConfig

SMALL = {"vocab_size": 400, "hidden_size": 32, "layers": 2, "heads": 2, "dropout": 0.0}


@pytest.fixture(scope="module")
def text_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "dutch.txt"
    verbs = ("verlengt", "schrapt", "bespreekt", "verscherpt", "betwist")
    places = ("Rusland", "Iran", "Syrië", "Cuba", "Belarus", "Mali", "Soedan")
    lines = [f"De raad {v} de sancties tegen {p}." for v in verbs for p in places]
    path.write_text("\n".join(lines * 12), "utf-8")
    return path


def config(text_file, model=None, **training):
    schedule = {
        "block_length": 16,
        "batch_size": 8,
        "epochs": 4.0,
        "learning_rate": 5e-3,
        "warmup_steps": 5,
        "save_steps": 40,
        "bf16": False,
    } | training
    return PretrainConfig.model_validate(
        {
            "model": model or {"type": "scratch", **SMALL},
            "data": {"files": [str(text_file)], "validation_share": 0.05},
            "training": schedule,
        }
    )


@pytest.fixture(scope="module")
def finished(text_file, tmp_path_factory):
    out = tmp_path_factory.mktemp("lm") / "out"
    return out, pretrain(config(text_file), out)


def weights(folder):
    return load_file(folder / "model.safetensors")


def same_weights(one, other):
    one, other = weights(one), weights(other)
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


def test_learns_and_writes_a_plain_folder(finished):
    out, metrics = finished
    assert metrics["validation_loss"] < 2 < math.log(SMALL["vocab_size"]) / 2
    assert metrics["curve"][-1]["tokens"] == pytest.approx(4 * metrics["text"]["tokens"], rel=0.05)
    assert json.loads((out / "pretrain_metrics.json").read_text()) == metrics
    assert not (out / "checkpoints").exists()
    assert not [path for path in out.rglob("*") if path.suffix in {".bin", ".pt", ".pkl"}]
    tokenizer = AutoTokenizer.from_pretrained(out)
    model = AutoModelForMaskedLM.from_pretrained(out).eval()
    ids = tokenizer(f"De raad verlengt de{tokenizer.mask_token} tegen Iran.", return_tensors="pt")
    with torch.no_grad():
        logits = model(**ids).logits[ids["input_ids"] == tokenizer.mask_token_id]
    assert tokenizer.decode(logits.argmax(-1)).strip() == "sancties"


def test_says_what_it_was_made_of_without_paths_of_the_machine(finished, text_file):
    out, metrics = finished
    assert metrics["text"]["files"] == ["dutch.txt"]
    assert metrics["seed"] == 1
    assert str(text_file.parent) not in (out / "pretrain_metrics.json").read_text()


def test_two_runs_give_the_same_weights(finished, text_file, tmp_path):
    pretrain(config(text_file), tmp_path / "again")
    assert same_weights(finished[0], tmp_path / "again")


def test_a_killed_run_goes_on_to_the_same_weights(finished, text_file, tmp_path, monkeypatch):
    from training import pretrain as module

    class KilledError(Exception):
        pass

    class Dying(module.MaskedTrainer):
        def training_step(self, *args, **kwargs):
            if self.state.global_step == 60:
                raise KilledError
            return super().training_step(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(module, "MaskedTrainer", Dying)
        with pytest.raises(KilledError):
            pretrain(config(text_file), tmp_path / "out")
    assert (tmp_path / "out" / "checkpoints" / "checkpoint-40").is_dir()
    with pytest.raises(OutputError, match="pass --resume"):
        pretrain(config(text_file), tmp_path / "out")
    with pytest.raises(ConfigError, match=r"the interrupted run had training\.epochs 4\.0"):
        pretrain(config(text_file, epochs=5.0), tmp_path / "out", resume=True)
    pretrain(config(text_file), tmp_path / "out", resume=True)
    assert same_weights(finished[0], tmp_path / "out")
    # Nothing is left to do, and nothing is done.
    assert pretrain(config(text_file), tmp_path / "out", resume=True)["curve"]


def test_accumulated_steps_equal_a_larger_batch(text_file, tmp_path):
    """Blocks hide different numbers of words, so a mean of means would differ."""
    one = {"epochs": 0.3, "warmup_steps": 1, "learning_rate": 1e-3}
    pretrain(config(text_file, **one), tmp_path / "large")
    parts = one | {"batch_size": 2, "gradient_accumulation": 4}
    pretrain(config(text_file, **parts), tmp_path / "parts")
    large, parts = weights(tmp_path / "large"), weights(tmp_path / "parts")
    assert all(torch.allclose(large[k], parts[k], atol=2e-5) for k in large)


def test_goes_on_from_any_masked_language_model(robbert_folder, text_file, tmp_path):
    model = {"type": "pretrained", "name_or_path": str(robbert_folder)}
    pretrain(config(text_file, model, epochs=1.0), tmp_path / "more")
    old, new = weights(robbert_folder), weights(tmp_path / "more")
    assert old.keys() == new.keys()
    assert not torch.equal(old[next(iter(old))], new[next(iter(old))])
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "more")
    assert tokenizer.get_vocab() == AutoTokenizer.from_pretrained(robbert_folder).get_vocab()


def test_recycles_layers_under_a_new_vocabulary(robbert_folder, text_file, tmp_path):
    (tmp_path / "glossary.tsv").write_text("sancties\tsancties\n", "utf-8")
    model = {
        "type": "recycled",
        "name_or_path": str(robbert_folder),
        "vocab_size": 350,
        "glossary": str(tmp_path / "glossary.tsv"),
    }
    pretrain(config(text_file, model, epochs=1.0), tmp_path / "dutch")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "dutch")
    assert len(tokenizer) <= 350
    assert tokenizer.tokenize("SANCTIES") == tokenizer.tokenize("sancties")
    classifier = AutoModelForSequenceClassification.from_pretrained(tmp_path / "dutch")
    assert classifier.config.hidden_dropout_prob == 0.1


def test_a_block_longer_than_the_model_takes_is_refused(robbert_folder, text_file, tmp_path):
    model = {"type": "pretrained", "name_or_path": str(robbert_folder)}
    with pytest.raises(ConfigError, match=r"training\.block_length: 600, but .* takes 512"):
        pretrain(config(text_file, model, block_length=600), tmp_path / "out")
    assert not (tmp_path / "out").exists()
