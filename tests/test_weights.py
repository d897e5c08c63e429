import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from stance import StanceClassifier, weights
from stance.backends import TorchBackend
from stance.errors import ModelError
from stance.weights import check_weights, pickle_in


class Marks:
    """Unpickled, it leaves a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (Path(self.path),)


@pytest.fixture
def folder(random_folder, tmp_path):
    shutil.copytree(random_folder, tmp_path / "model")
    return tmp_path / "model"


def change(path, **values):
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")


@pytest.mark.parametrize("name", ["pytorch_model.bin", "pytorch_model-00001-of-00002.bin", "a.pt"])
def test_a_pickle_is_refused_with_the_way_out_and_never_opened(folder, tmp_path, name):
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(pickle.dumps(Marks(tmp_path / "it-ran")))
    message = rf"no model\.safetensors, which torch reads; {name} is of a kind .*`save_pretrained`"
    with pytest.raises(ModelError, match=message):
        StanceClassifier.from_pretrained(folder)
    assert not (tmp_path / "it-ran").exists()


def test_a_pickle_beside_weights_is_left_alone(folder, tmp_path):
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Marks(tmp_path / "it-ran")))
    assert pickle_in(folder) is None
    assert StanceClassifier.from_pretrained(folder).predict(["Een zin."])
    assert not (tmp_path / "it-ran").exists()


def test_what_training_leaves_is_no_pickle_of_weights(tmp_path):
    (tmp_path / "training_args.bin").touch()
    assert pickle_in(tmp_path) is None


def test_code_of_a_folder_is_never_run(folder, tmp_path):
    mine = {"AutoConfig": "evil.Config", "AutoModelForSequenceClassification": "evil.Model"}
    change(folder / "config.json", auto_map=mine, trust_remote_code=True)
    change(folder / "tokenizer_config.json", auto_map={"AutoTokenizer": ["evil.Tokens", None]})
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'it-ran')!r}, 'w')", "utf-8")
    assert StanceClassifier.from_pretrained(folder).predict(["Een zin."])
    change(folder / "config.json", model_type="evil")
    with pytest.raises(ModelError, match="weights cannot be loaded"):
        StanceClassifier.from_pretrained(folder)
    assert not (tmp_path / "it-ran").exists()


@pytest.mark.parametrize(
    "sizes",
    [
        {"num_hidden_layers": 10**9},
        {"vocab_size": 10**12},
        {"hidden_size": 10**9},
        {"intermediate_size": 10**10},
        {"max_position_embeddings": 10**11},
        {"type_vocab_size": 10**10},
        {"num_labels": 10**9},
    ],
)
def test_sizes_that_no_file_has(folder, sizes):
    change(folder / "config.json", **sizes)
    message = r"weights cannot be loaded \(config\.json describes [\d,]+ or more of them, the files"
    with pytest.raises(ModelError, match=message):
        TorchBackend(folder, 4)


@pytest.mark.parametrize("name", ["../model.safetensors", "/etc/passwd", "a/b.safetensors"])
def test_an_index_that_leads_elsewhere(folder, name):
    index = {"weight_map": {"classifier.dense.weight": name}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    with pytest.raises(ModelError, match=r"index\.json: names .*, expected a file of the folder"):
        check_weights(folder)
    with pytest.raises(ModelError, match="expected a file of the folder"):
        TorchBackend(folder, 4)


@pytest.mark.parametrize(
    "head",
    [
        (2**63).to_bytes(8, "little"),  # a header of eight exabytes
        (10**8).to_bytes(8, "little") + b"{}",
        (16).to_bytes(8, "little") + b"[" * 16,
    ],
)
def test_absurd_headers(folder, head):
    (folder / "model.safetensors").write_bytes(head + b"\0" * 200_000)
    with pytest.raises(ModelError, match=r"weights cannot be loaded"):
        TorchBackend(folder, 4)


def test_a_config_without_sizes(tmp_path):
    save_file({"a": np.zeros((300, 768), np.float32)}, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text('{"vocab_size": 300, "num_labels": "x"}', "utf-8")
    check_weights(tmp_path)
    (tmp_path / "config.json").write_text(f'{{"vocab_size": {10**9}}}', "utf-8")
    with pytest.raises(ModelError, match=f"{768 * 10**9:,} or more"):
        check_weights(tmp_path)
    (tmp_path / "config.json").write_text('{"hidden_size": 1000000}', "utf-8")
    with pytest.raises(ModelError, match="1,000,000 or more"):
        check_weights(tmp_path)
    assert weights.has_weights(tmp_path)


def test_a_link_to_weights_that_are_gone(folder, tmp_path):
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").symlink_to(tmp_path / "gone")
    assert not weights.has_weights(folder)
    with pytest.raises(ModelError, match=r"no model\.safetensors, which torch reads"):
        StanceClassifier.from_pretrained(folder)
