"""Models of the hub, held against a stand-in of its HTTP interface."""

import errno
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from hub_stand_in import connected, environment
from hypothesis import given
from hypothesis import strategies as st

from stance import StanceClassifier
from stance.errors import ConfigError, MissingExtraError, ModelError, OutputError
from stance.hub import find_model, is_on_hub, name_of, split_name
from stance.model_folder import SHIPPED

NAME = "lab/model"
TEXTS = ["De minister wil de sancties tegen Rusland verlengen.", "De trein was laat."]


@pytest.fixture
def hub(monkeypatch, tmp_path):
    with connected(monkeypatch, tmp_path / "cache") as one:
        yield one


@pytest.fixture
def small(hub, linear_folder):
    """A model on the stand-in that is read in a moment."""
    return hub.add_folder(NAME, linear_folder)


def test_the_shipped_model_comes_back_as_it_was(hub):
    """Its graph, holders, temperature and label sets: the same answers, by name and by commit."""
    commit = hub.add_folder(NAME, SHIPPED)
    here = StanceClassifier.from_pretrained()
    for there in (
        StanceClassifier.from_pretrained(NAME, revision=commit),
        StanceClassifier.from_pretrained(f"{NAME}@{commit}"),
    ):
        assert there.predict(TEXTS) == here.predict(TEXTS)
        assert there.predict(TEXTS)[0].holders
        assert there.predict_sets(TEXTS) == here.predict_sets(TEXTS)
        assert there.settings == here.settings
        assert there.digest() == here.digest()
        assert name_of(there.folder) == f"{NAME}@{commit}"


def test_a_branch_moves_and_a_commit_stays(hub, small, linear_folder):
    hub.repos["models", NAME]["refs"]["v1"] = small
    later = hub.add(NAME, {"notes.txt": b"later"})
    assert find_model(NAME).name == later
    for name in (f"{NAME}@v1", f"{NAME}@{small}"):
        assert find_model(name).name == small
    assert find_model(NAME, "v1").name == small


def test_only_what_a_model_needs_is_fetched(hub, small):
    risky = dict.fromkeys(("pytorch_model.bin", "model.pkl", "code.py", "onnx/a.pt"), b"x")
    hub.add(NAME, risky | {"vocab.txt": b"a", "onnx/report.json": b"{}"})
    folder = find_model(NAME)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"linear.safetensors", "stance.json", "vocab.txt", "onnx/report.json"} <= names
    assert not names & {*risky, "README.md", "train_config.yaml"}
    assert not any(path.endswith((".bin", ".pkl", ".py", ".pt")) for _, path in hub.requests)


def test_the_cache_is_used_again_also_offline(hub, small, monkeypatch):
    first = find_model(NAME)
    hub.requests.clear()
    assert find_model(f"{NAME}@{small}") == first
    assert hub.requests == []
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert find_model(NAME) == first
    assert hub.requests == []


def test_the_cache_is_used_while_the_hub_is_down(hub, small):
    first = find_model(NAME)
    hub.broken["/api/"] = 500
    assert find_model(NAME) == first


def test_offline_without_a_cache(hub, small, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"no such folder here, not whole .*HF_HUB_OFFLINE is set"):
        find_model(NAME)
    assert hub.requests == []


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("RepoNotFound", "no such folder here, and no such model on http.*hf auth login"),
        ("GatedRepo", r"gated by its owner. Ask for access at http://.*/lab/model, then log in"),
        ("RevisionNotFound", "no such revision; http.*/lab/model/tree/main shows"),
        (403, r"refuses \(403\). Log in with `hf auth login`"),
        (404, r"answers with an error \(404\)"),
        (500, r"answers with an error \(500\); try again later"),
    ],
)
def test_what_the_hub_answers(hub, small, monkeypatch, what, message):
    monkeypatch.setattr("time.sleep", lambda _: None)  # between the tries of huggingface_hub
    hub.broken["/api/models/lab/model"] = what
    with pytest.raises(ModelError, match=message) as caught:
        find_model(NAME)
    assert str(caught.value).startswith(f"{NAME}: ")
    assert "\n" not in str(caught.value)


def test_names_and_revisions_that_are_not_there(hub, small):
    with pytest.raises(ModelError, match="lab/other: no such folder here, and no such model"):
        find_model("lab/other")
    with pytest.raises(ModelError, match="lab/model@v9: the model has no such revision"):
        find_model(f"{NAME}@v9")


def test_a_file_that_is_listed_but_not_there(hub, small):
    hub.broken["linear.safetensors"] = "EntryNotFound"
    with pytest.raises(ModelError, match=r"answers with an error \(404\)"):
        find_model(NAME)


def test_a_connection_that_breaks_off_and_then_holds(hub, small, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    hub.broken["linear.safetensors"] = "cut"
    with pytest.raises(ModelError, match="cannot be reached or breaks off"):
        find_model(NAME)
    hub.broken.clear()
    assert StanceClassifier.from_pretrained(NAME).predict(TEXTS)


def test_no_network(hub, small, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelError, match=r"http://127\.0\.0\.1:9 cannot be reached"):
        find_model(NAME)


@pytest.mark.parametrize("name", ["stance.json", "linear.safetensors"])
def test_a_file_with_another_digest(hub, small, name):
    content = hub.files(NAME)[name]
    hub.swapped[name] = bytes([content[0] ^ 1]) + content[1:]
    message = (
        rf"lab/model: {name} has the digest \w+\.\.\., expected .*hf download lab/model --force"
    )
    with pytest.raises(ModelError, match=message):
        find_model(NAME)


def test_a_file_that_is_damaged_in_the_cache(hub, small):
    path = (find_model(NAME) / "linear.safetensors").resolve()
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match=r"--revision .* --force-download"):
        find_model(f"{NAME}@{small}")


@pytest.mark.parametrize("files", [{}, {"data.json": b"{}"}])
def test_a_repository_without_a_model(hub, monkeypatch, files):
    """One line says so, not a line of the library too."""
    hub.add(NAME, {"README.md": b"hello"} | files)
    told = []
    monkeypatch.setattr("logging.Logger.callHandlers", lambda _, record: told.append(record.msg))
    with pytest.raises(ModelError, match=r"holds no model \(neither stance.json nor config.json\)"):
        find_model(NAME)
    assert [one for one in told if "pattern" in str(one)] == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_cache_that_cannot_be_written(hub, small, monkeypatch, number):
    def full(*_, **__):
        raise OSError(number, os.strerror(number), "/cache/blob")

    monkeypatch.setattr("huggingface_hub.file_download._download_to_tmp_and_move", full)
    with pytest.raises(OutputError, match=r"/cache/blob: cannot be written \(.*set HF_HOME"):
        find_model(NAME)


def test_without_huggingface_hub(hub, small, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtraError, match="pip install huggingface_hub"):
        find_model(NAME)


def test_a_folder_that_is_here_wins(hub, small, linear_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(linear_folder, tmp_path / NAME)
    assert find_model(NAME).samefile(tmp_path / NAME)
    assert not is_on_hub(NAME)
    assert hub.requests == []
    assert find_model(f"{NAME}@main").name == small  # only the hub has revisions
    with pytest.raises(ConfigError, match=r"revision 'main' is given, but only a model of the hub"):
        find_model(NAME, "main")


def test_a_path_is_never_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in (tmp_path / NAME, tmp_path.__class__(NAME)):
        with pytest.raises(ModelError, match="no such model folder"):
            find_model(path)


def test_revisions_that_make_no_sense():
    with pytest.raises(ConfigError, match="the shipped model: revision 'v1' is given"):
        find_model(None, "v1")
    with pytest.raises(ConfigError, match="name one of the two"):
        find_model("a/b@v1", "v2")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("user/name", ("user/name", None)),
        ("GroNLP/bert-base.2", ("GroNLP/bert-base.2", None)),
        ("user/name@v1.0", ("user/name", "v1.0")),
        ("user/name@refs/pr/1", ("user/name", "refs/pr/1")),
        ("name", None),
        ("./user/name", None),
        ("../name", None),
        ("/user/name", None),
        ("~/name", None),
        ("a/b/c", None),
        ("user/name@", None),
        ("user/name@a@b", None),
        ("user/na me", None),
        ("user\\name", None),
        ("", None),
    ],
)
def test_names(name, found):
    assert split_name(name) == found


@given(st.text(max_size=40))
def test_any_text_is_a_name_or_not(text):
    found = split_name(text)
    assert found is None or text == found[0] + (f"@{found[1]}" if found[1] else "")


def test_files_that_models_share_are_links_out_of_the_repository(hub, small, tmp_path):
    """Where several models have a file, newer caches link it to a store beside all models."""
    folder = find_model(NAME)
    blob = (folder / "linear.safetensors").resolve()
    store = tmp_path / "cache" / "blobs" / "ab"
    store.mkdir(parents=True)
    shutil.move(blob, store / "abcd")
    blob.symlink_to(store / "abcd")
    assert StanceClassifier.from_pretrained(NAME).predict(TEXTS)


def test_the_second_head_and_weights_come_back(hub, random_folder, tmp_path):
    from transformers import RobertaConfig, RobertaForTokenClassification, set_seed

    from stance.labels import TAGS
    from stance.model_folder import load_settings, save_settings

    folder = tmp_path / "model"
    shutil.copytree(random_folder, folder)
    set_seed(2)
    config = RobertaConfig.from_pretrained(folder, id2label=dict(enumerate(TAGS)))
    RobertaForTokenClassification(config).save_pretrained(folder / "holders")
    settings = load_settings(folder)
    save_settings(settings.__class__(**vars(settings) | {"holders": True}), folder)
    hub.add_folder(NAME, folder)
    one, other = (StanceClassifier.from_pretrained(where, device="cpu") for where in (folder, NAME))
    assert np.array_equal(one.predict_proba(TEXTS), other.predict_proba(TEXTS))
    assert one.predict(TEXTS) == other.predict(TEXTS)
    assert other.tells_holders


def test_the_command_labels_by_name(hub, small, tmp_path):
    """In a process of its own, by the variables that people set."""
    (tmp_path / "in.txt").write_text("\n".join(TEXTS), "utf-8")

    def run(*arguments, **more):
        command = [sys.executable, "-m", "stance", "label", "in.txt", *arguments]
        variables = os.environ | environment(hub, tmp_path / "home") | more
        return subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True)

    done = run("--model", f"{NAME}@{small}", "--out", "out.csv")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("\n") == 1
    assert f'"folder": "{NAME}@{small}"' in (tmp_path / "out.csv.manifest.json").read_text("utf-8")
    done = run("--model", "lab/nothing", HF_HUB_OFFLINE="1")
    assert done.returncode == ModelError.exit_code
    assert done.stderr.startswith("stance: lab/nothing: no such folder here")
    assert done.stderr.count("\n") == 1


def test_labelling_with_a_folder_does_not_load_the_hub(linear_folder):
    code = (
        "import sys; from stance import StanceClassifier\n"
        f"for model in (None, {str(linear_folder)!r}):\n"
        "    StanceClassifier.from_pretrained(model).predict(['Een zin.'])\n"
        "print({'huggingface_hub', 'httpx2', 'httpx'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
