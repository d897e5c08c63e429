import json
import shutil

import pytest
import torch

from stance.errors import ConfigError
from training.models import build_model, build_tokenizer, load_model
from training.settings import PretrainedModel, ScratchModel

LABELS = ("favor", "against", "neutral", "unrelated")
SCRATCH = ScratchModel(type="scratch", vocab_size=400, hidden_size=16, layers=1, heads=2)


def pretrained(name, **options):
    return PretrainedModel(name_or_path=str(name), **options)


def test_a_local_robbert_gets_our_labels(robbert_folder):
    config = pretrained(robbert_folder)
    tokenizer = build_tokenizer(config, [], 64)
    model = build_model(config, tokenizer, LABELS, 64)
    assert model.config.id2label == dict(enumerate(LABELS))
    assert model.config.pad_token_id == tokenizer.pad_token_id == 1
    assert tokenizer.model_max_length == 64
    inputs = tokenizer("De sancties blijven.", "Gisteren.", return_tensors="pt")
    assert model(**inputs).logits.shape == (1, 4)


def test_more_tokens_than_the_model_has_positions(robbert_folder):
    with pytest.raises(ConfigError, match=r"input\.max_length: 513, but .* takes 512 tokens"):
        build_tokenizer(pretrained(robbert_folder), [], 513)
    build_tokenizer(pretrained(robbert_folder), [], 512)


def test_a_hub_model_that_is_not_here_names_both_ways_out():
    config = pretrained("DTAI-KULeuven/robbert-2023-dutch-base", revision="abc")
    with pytest.raises(ConfigError) as caught:
        build_tokenizer(config, [], 64)
    message = str(caught.value)
    assert "\n" not in message
    assert "hf download DTAI-KULeuven/robbert-2023-dutch-base" in message
    assert "--set model.name_or_path=FOLDER" in message


def test_a_folder_without_a_model(tmp_path):
    with pytest.raises(ConfigError, match="holds no model that can be loaded"):
        build_tokenizer(pretrained(tmp_path), [], 64)


def test_weights_that_are_damaged(robbert_folder, tmp_path):
    shutil.copytree(robbert_folder, tmp_path / "model")
    (tmp_path / "model" / "model.safetensors").write_bytes(b"x" * 100)
    config = pretrained(tmp_path / "model")
    tokenizer = build_tokenizer(config, [], 64)
    with pytest.raises(ConfigError, match="holds no model that can be loaded"):
        build_model(config, tokenizer, LABELS, 64)


def test_remote_code_is_never_run(robbert_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(robbert_folder, folder)
    path = folder / "config.json"
    content = json.loads(path.read_text("utf-8"))
    content |= {"model_type": "evil", "auto_map": {"AutoConfig": "evil.Config"}}
    path.write_text(json.dumps(content), "utf-8")
    (folder / "evil.py").write_text("raise SystemExit('it ran')", "utf-8")
    with pytest.raises(ConfigError, match="holds no model"):
        build_tokenizer(pretrained(folder), [], 64)


def test_a_model_from_scratch_learns_its_tokenizer():
    texts = ["De sancties tegen Rusland blijven van kracht.", "Hef het embargo op."] * 20
    tokenizer = build_tokenizer(SCRATCH, texts, 32)
    ids = tokenizer("Één embargo 🙂")["input_ids"]
    assert tokenizer.unk_token_id not in ids  # byte-level: no character is unknown
    assert tokenizer.decode(ids, skip_special_tokens=True).strip() == "Één embargo 🙂"
    torch.manual_seed(0)
    model = build_model(SCRATCH, tokenizer, LABELS, 32)
    longest = torch.full((1, 32), 7)
    assert model(longest, torch.ones_like(longest)).logits.shape == (1, 4)


def test_a_tokenizer_without_its_vocabulary(robbert_folder, tmp_path):
    """`transformers` builds an empty one in silence, and training would learn nothing."""
    shutil.copytree(robbert_folder, tmp_path / "model")
    (tmp_path / "model" / "tokenizer.json").unlink()
    with pytest.raises(ConfigError, match="has no vocabulary"):
        build_tokenizer(pretrained(tmp_path / "model"), [], 64)


def test_a_pickle_is_never_read(robbert_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(robbert_folder, folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    config = pretrained(folder)
    tokenizer = build_tokenizer(config, [], 64)
    with pytest.raises(ConfigError, match=r"pytorch_model\.bin is of a kind that can run code"):
        build_model(config, tokenizer, LABELS, 64)


def test_a_hub_model_without_safetensors():
    class Hub:
        @staticmethod
        def from_pretrained(name, **options):
            assert options["use_safetensors"]
            raise OSError(f"{name} does not appear to have a file named model.safetensors")

    with pytest.raises(ConfigError, match="x/y has no weights as safetensors, and weights of an"):
        load_model(Hub, pretrained("x/y"))
