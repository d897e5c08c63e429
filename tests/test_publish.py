"""Models put on a stand-in of the hub, and what others find there."""

import re
import shutil
import sys
from pathlib import Path

import pytest
from hub_stand_in import connected

from stance import StanceClassifier
from stance.errors import ConfigError, MissingExtraError, ModelError
from stance.model_folder import SHIPPED
from stance.publish import push, shared_files

# Of how huggingface_hub 2.4 calls its http library when it uploads a large file.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

NAME = "lab/model"
TEXTS = ["De minister wil de sancties tegen Rusland verlengen.", "De trein was laat."]


@pytest.fixture
def hub(monkeypatch, tmp_path):
    with connected(monkeypatch, tmp_path / "cache") as one:
        yield one


@pytest.fixture
def transformers_hub(hub, monkeypatch):
    """The same for `transformers`, which remembers the hub that it spoke to first."""
    monkeypatch.setattr("transformers.utils.hub._hf_api", None)
    return hub


@pytest.mark.parametrize("kind", ["shipped", "linear"])
def test_what_is_pushed_labels_alike(hub, kind, linear_folder):
    folder = SHIPPED if kind == "shipped" else linear_folder
    commit = push(folder, NAME)
    here, there = StanceClassifier.from_pretrained(folder), f"{NAME}@{commit}"
    found = StanceClassifier.from_pretrained(there)
    assert found.predict(TEXTS) == here.predict(TEXTS)
    assert found.digest() == here.digest()


def test_only_the_model_goes_there(hub, linear_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(linear_folder, folder)
    for name in ("training_args.bin", "code.py", "logs/events.json", "onnx/model.pkl"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x", "utf-8")
    push(folder, NAME)
    assert set(hub.files(NAME)) == {
        "README.md",
        "linear.json",
        "linear.safetensors",
        "metrics.json",
        "stance.json",
        "train_config.yaml",
    }


def test_no_path_of_the_machine_goes_there(hub, linear_folder, stance_file):
    push(linear_folder, NAME)
    assert f"- {stance_file.name}\n" in hub.files(NAME)["train_config.yaml"].decode()
    for name, content in hub.files(NAME).items():
        assert str(stance_file.parent).encode() not in content, name


@pytest.mark.parametrize(
    ("line", "shared"),
    [
        ("  name_or_path: /home/anna/models/robbert", "  name_or_path: robbert"),
        ("  - '/home/anna/my data/a.csv'", "  - 'a.csv'"),
        ("  files: ~/a.csv", "  files: a.csv"),
        ("  - C:\\Users\\anna\\a.csv", "  - a.csv"),
        ("  - /home/anna/a long\n    folder/a b.csv\n  - /c/d.csv", "  - a b.csv\n  - d.csv"),
        ("  - /home/anna/all\n    coders.csv", "  - all\n    coders.csv"),
        ("  - '/a/b\n\n    c/d.csv'\n\n  next:\n  - /e/f", "  - 'd.csv'\n\n  next:\n  - f"),
        ("  - seeds", "  - seeds"),
        ("  name_or_path: lab/model", "  name_or_path: lab/model"),
        ("    text: Tweet", "    text: Tweet"),
    ],
)
def test_lines_of_the_config(linear_folder, tmp_path, line, shared):
    folder = tmp_path / "model"
    shutil.copytree(linear_folder, folder)
    (folder / "train_config.yaml").write_text(f"model:\n{line}\nseed: 1\n", "utf-8")
    found = shared_files(folder, NAME)["train_config.yaml"].decode()
    assert found == f"model:\n{shared}\nseed: 1\n"


def test_the_card_shows_the_name(hub, linear_folder):
    card = shared_files(linear_folder, NAME)["README.md"].decode()
    assert f'from_pretrained("{NAME}")' in card
    assert "this-folder" not in card


def test_a_model_is_replaced_whole(hub, linear_folder):
    hub.add(NAME, {"onnx/model.onnx": b"old", "notes/mine.json": b"{}", "figure.png": b"x"})
    push(linear_folder, NAME)
    files = hub.files(NAME)
    assert "onnx/model.onnx" not in files
    assert {"notes/mine.json", "figure.png", "linear.json"} <= set(files)
    before = hub.repos["models", NAME]["refs"]["main"]
    assert push(linear_folder, NAME) == before  # the same files are the same commit


def test_private_is_private(hub, linear_folder):
    push(linear_folder, "lab/secret", private=True)
    assert hub.repos["models", "lab/secret"]["private"]
    push(linear_folder, "lab/open")
    with pytest.raises(ConfigError, match="lab/open: is on the hub for all to see"):
        push(linear_folder, "lab/open", private=True)


@pytest.mark.parametrize("name", ["model", "lab/model@v1", "../model", "a/b/c", ""])
def test_a_name_that_is_none(hub, linear_folder, name):
    with pytest.raises(ConfigError, match="expected the name of a model on the hub"):
        push(linear_folder, name)
    assert hub.requests == []


@pytest.mark.parametrize("name", ["linear.json", "linear.safetensors"])
def test_a_linear_model_that_is_not_whole(hub, linear_folder, tmp_path, name):
    shutil.copytree(linear_folder, tmp_path / "model")
    (tmp_path / "model" / name).unlink()
    with pytest.raises(ModelError, match=f"no {name}, without which nobody could label"):
        push(tmp_path / "model", NAME)
    assert hub.requests == []


@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer_config.json", "model.safetensors"])
def test_a_network_that_is_not_whole(hub, random_folder, tmp_path, name):
    shutil.copytree(random_folder, tmp_path / "model")
    (tmp_path / "model" / name).unlink()
    with pytest.raises(ModelError, match=f"no {name}, without which nobody could label"):
        push(tmp_path / "model", NAME)
    assert hub.requests == []


def test_a_graph_that_is_missing(hub, tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "model")
    (tmp_path / "model" / "onnx" / "model_int8.onnx").unlink()
    with pytest.raises(ModelError, match=r"no onnx/model_int8\.onnx, without which"):
        push(tmp_path / "model", NAME)
    assert hub.requests == []


def test_a_folder_without_a_model(hub, tmp_path):
    with pytest.raises(ModelError, match=r"no config\.json"):
        push(tmp_path, NAME)
    assert hub.requests == []


@pytest.mark.parametrize(
    ("path", "what", "message"),
    [
        ("/api/repos/create", 403, r"refuses \(403\). Log in"),
        ("/api/models/lab/model/commit", 500, r"answers with an error \(500\)"),
        ("/api/models/lab/model/preupload", "RepoNotFound", "no such model"),
        ("/lfs/", 403, r"refuses \(403\)"),
    ],
)
def test_what_the_hub_answers(hub, linear_folder, monkeypatch, path, what, message):
    monkeypatch.setattr("time.sleep", lambda _: None)
    hub.broken[path] = what
    with pytest.raises(ModelError, match=message):
        push(linear_folder, NAME)


def test_offline(hub, linear_folder, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE is set; unset it to put"):
        push(linear_folder, NAME)


def test_without_huggingface_hub(linear_folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtraError, match="pip install huggingface_hub"):
        push(linear_folder, NAME)


def test_what_transformers_pushes_is_a_plain_model(transformers_hub, random_folder):
    """Its own `push_to_hub` leaves out what is not of `transformers`; labels are the same."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    AutoModelForSequenceClassification.from_pretrained(random_folder).push_to_hub(NAME)
    AutoTokenizer.from_pretrained(random_folder).push_to_hub(NAME)
    found = StanceClassifier.from_pretrained(NAME, device="cpu")
    here = StanceClassifier.from_pretrained(random_folder, backend="torch", device="cpu")
    assert [one.label for one in found.predict(TEXTS)] == [one.label for one in here.predict(TEXTS)]


def test_transformers_reads_what_we_push(transformers_hub, random_folder):
    """Labels of the plain pipeline, of a sentence with the one before, are those of ours."""
    from transformers import pipeline

    commit = push(random_folder, NAME)
    classify = pipeline("text-classification", NAME, revision=commit, device="cpu")
    ours = StanceClassifier.from_pretrained(NAME, revision=commit, backend="torch", device="cpu")
    before = ["Gisteren ging het in de Kamer over Iran.", ""]
    pairs = [{"text": text, "text_pair": one} for text, one in zip(TEXTS, before, strict=True)]
    found = [one["label"] for one in classify(pairs)]
    assert found == [one.label for one in ours.predict(TEXTS, before)]


def test_the_python_of_the_page(transformers_hub, random_folder):
    """Its models are found under the name and the tag that the page writes."""
    name = "vakgroep/mijn-model"
    commit = push(random_folder, name)
    transformers_hub.repos["models", name]["refs"]["v1.0"] = commit
    page = (Path(__file__).parent.parent / "docs" / "hub.md").read_text("utf-8")
    first, second, *_ = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    space = {}
    exec(first, space)
    exec(second.replace("\nclassify(", "\nfound = classify("), space)
    before = "De sancties tegen Rusland zijn verlengd."
    (ours,) = space["classifier"].predict(["Dat moeten we blijven doen."], [before])
    assert space["found"]["label"] == ours.label
