"""Real training runs of a small model: what is written, and that runs repeat exactly."""

import json
import os
import resource
import signal
import subprocess
import sys
import time

import pytest
import yaml
from conftest import LABELS, config_text
from safetensors.numpy import load_file
from transformers import Trainer

from stance import StanceClassifier
from stance.errors import ConfigError, ModelError, OutputError
from training import finetune
from training.config import load_config
from training.procedure import train


@pytest.fixture(scope="module")
def run_config(tmp_path_factory, stance_file, robbert_folder):
    """Writes a config file for a short fine-tuning run."""

    def write(**training):
        path = tmp_path_factory.mktemp("config") / "train.yaml"
        model = json.dumps({"type": "pretrained", "name_or_path": str(robbert_folder)})
        path.write_text(config_text(stance_file, model, **training), "utf-8")
        return path

    return write


def weights(folder):
    return (folder / "model.safetensors").read_bytes()


def stance_train(config, out, *options, check=True, **process):
    command = [sys.executable, "-m", "stance", "train", str(config), "--out", str(out), *options]
    return subprocess.run(command, capture_output=True, text=True, check=check, **process)


def test_what_a_trained_folder_holds(trained_folder):
    names = {path.name for path in trained_folder.iterdir()}
    assert names == {
        "README.md",
        "config.json",
        "metrics.json",
        "model.safetensors",
        "onnx",
        "stance.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "train_config.yaml",
    }
    pickles = {".bin", ".pt", ".pth", ".pkl"}
    assert not [path for path in trained_folder.rglob("*") if path.suffix in pickles]


def test_metrics_say_what_was_measured(trained_folder):
    metrics = json.loads((trained_folder / "metrics.json").read_text("utf-8"))
    test = metrics["test"]
    assert test["macro_f1"] > metrics["baselines"]["majority"]["test"]["macro_f1"]
    assert set(test["per_label"]) == set(LABELS)
    parts = {"precision", "recall", "f1"}
    assert set(test["per_label"]["favor"]) == parts | {"support", "intervals"}
    assert set(test["per_label"]["favor"]["intervals"]) == parts
    assert sum(map(sum, test["confusion"])) == test["n"] == 16
    assert set(test["intervals"]) == {"macro_f1", "accuracy", "f_avg"}
    assert set(metrics["baselines"]) == {"majority", "linear"}
    assert metrics["data"]["sentences"] == {"train": 68, "validation": 16, "test": 16}
    assert len(metrics["data"]["sha256"]) == 64
    assert metrics["versions"]["transformers"].startswith("5.")


def test_the_saved_config_names_every_setting(trained_folder, stance_file):
    saved = yaml.safe_load((trained_folder / "train_config.yaml").read_text("utf-8"))
    assert saved["data"]["files"] == [str(stance_file)]
    assert saved["training"]["max_grad_norm"] == 1.0
    assert load_config(trained_folder / "train_config.yaml").input.context == "previous"


def test_plain_transformers_loads_the_folder(trained_folder):
    """The same folder in a `pipeline`, with our labels and our probabilities."""
    from transformers import pipeline

    text, context = "De minister wil de sancties tegen Iran verlengen.", "Over Iran."
    classify = pipeline("text-classification", str(trained_folder), top_k=None, device="cpu")
    theirs = {
        one["label"]: one["score"] for one in classify([{"text": text, "text_pair": context}])[0]
    }
    ours = StanceClassifier.from_pretrained(trained_folder, backend="torch", device="cpu")
    probabilities = ours.predict([text], [context])[0].probabilities
    assert set(theirs) == set(LABELS)
    # They know nothing of the temperature.
    raw = {label: p**ours.settings.temperature for label, p in probabilities.items()}
    assert theirs == pytest.approx({k: p / sum(raw.values()) for k, p in raw.items()}, abs=1e-5)


@pytest.mark.parametrize("kind", ["trained", "linear"])
def test_a_trained_model_is_calibrated_on_validation(kind, request):
    folder = request.getfixturevalue(f"{kind}_folder")
    settings = json.loads((folder / "stance.json").read_text("utf-8"))
    metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    assert [*settings["conformal"]] == ["0.8"]  # 4 sentences a label are too few for more
    for part in ("validation", "test"):
        found = metrics[part]["calibration"]
        assert found["n"] == 16
        assert found["before"]["temperature"] == 1.0
        assert found["after"]["temperature"] == settings["temperature"]
        for when in ("before", "after"):
            assert 0 <= found[when]["ece"] <= 1
            assert 0 <= found[when]["brier"] <= 2
            assert sum(one["n"] for one in found[when]["reliability"]) == 16
    within = metrics["validation"]["calibration"]
    assert within["after"]["log_loss"] <= within["before"]["log_loss"]
    assert within["sets"]["0.8"]["coverage"] >= 0.8
    model = StanceClassifier.from_pretrained(folder)
    (labels,) = model.predict_sets(["Een zin."], coverage=0.8)
    assert labels


def test_a_config_file_becomes_a_folder_that_labels(run_config, tmp_path):
    out = tmp_path / "model"
    done = stance_train(run_config(epochs=2), out)
    assert "macro-F1" in done.stdout
    assert done.stderr == ""
    (one,) = StanceClassifier.from_pretrained(out).predict(["De sancties blijven."])
    assert one.label in LABELS


def test_one_seed_gives_one_model(run_config, tmp_path):
    config = load_config(run_config(epochs=2))
    for name in ("a", "b"):
        train(config, tmp_path / name)
    assert weights(tmp_path / "a") == weights(tmp_path / "b")
    other = config.model_copy(update={"seed": [2]})
    train(other, tmp_path / "c")
    assert weights(tmp_path / "a") != weights(tmp_path / "c")


def test_a_killed_run_resumes_to_the_same_weights(run_config, tmp_path):
    """Killed without warning after some epochs; dropout and order go on where they were."""
    config = run_config(epochs=30)
    stance_train(config, tmp_path / "whole")
    out = tmp_path / "killed"
    command = [sys.executable, "-m", "stance", "train", str(config), "--out", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    work = out / "checkpoints" / "seed-1"
    deadline = time.monotonic() + 120
    while not [*work.glob("checkpoint-*/trainer_state.json")]:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (out / "metrics.json").exists(), "it finished before it was killed"
    refused = stance_train(config, out, check=False)
    assert refused.returncode == 5
    assert "--resume" in refused.stderr
    stance_train(config, out, "--resume")
    assert weights(out) == weights(tmp_path / "whole")
    assert not (out / "checkpoints").exists()
    again = stance_train(config, out, "--resume")  # a finished run has nothing left to do
    assert "macro-F1" in again.stdout


@pytest.mark.parametrize("epoch", [5, 8])
def test_a_run_killed_while_it_waits_for_a_better_epoch(run_config, tmp_path, monkeypatch, epoch):
    """Patience that is used up stays used up after the resume, also where it was all of it."""
    course = [0.1, 0.5, 0.4, 0.3, 0.2, 0.2, 0.2, 0.2]  # best at epoch 2, stops after epoch 8
    config = load_config(run_config(epochs=30, early_stopping_patience=6))

    def follow(values):
        left = iter(values)
        monkeypatch.setattr("training.finetune._macro_f1", lambda _: {"macro_f1": next(left)})

    follow([*course, *[0.9] * 30])
    train(config, tmp_path / "whole")
    follow(course)
    with monkeypatch.context() as patch:
        begin = Trainer.evaluate

        def evaluate(trainer, *rest, **options):
            if round(trainer.state.epoch) > epoch:
                raise KeyboardInterrupt
            return begin(trainer, *rest, **options)

        def put_aside(trainer, config, best):
            raise KeyboardInterrupt

        patch.setattr(Trainer, "evaluate", evaluate)
        patch.setattr(finetune, "_put_aside", put_aside)
        with pytest.raises(KeyboardInterrupt):
            train(config, tmp_path / "killed")
    follow([*course[epoch:], *[0.9] * 30])
    train(config, tmp_path / "killed", resume=True)
    assert weights(tmp_path / "killed") == weights(tmp_path / "whole")


def test_a_start_that_fails_leaves_room_for_the_next(run_config, tmp_path):
    config = load_config(run_config(), ["model.name_or_path=no/such-model"])
    with pytest.raises(ConfigError, match="not in the local cache"):
        train(config, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_killed_in_its_last_clean_up_is_finished(run_config, tmp_path):
    config = load_config(run_config(epochs=1))
    metrics = train(config, tmp_path / "out")
    (tmp_path / "out" / "checkpoints" / "seed-1").mkdir(parents=True)
    assert train(config, tmp_path / "out", resume=True) == metrics
    assert not (tmp_path / "out" / "checkpoints").exists()


def test_a_disk_that_runs_full_is_named(run_config, tmp_path):
    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = stance_train(run_config(), tmp_path / "out", check=False, preexec_fn=small_files)
    assert done.returncode == 5, done.stderr
    assert "cannot be written" in done.stderr


def test_resuming_with_other_settings_is_refused(run_config, tmp_path, monkeypatch):
    config = load_config(run_config(epochs=2))

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("training.procedure.train_one", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(config, tmp_path / "out")
    other = load_config(run_config(epochs=3))
    with pytest.raises(ConfigError, match=r"training\.epochs 2.*this one has 3"):
        train(other, tmp_path / "out", resume=True)


def test_a_damaged_end_of_a_run_loses_nothing(tmp_path, stance_file, monkeypatch):
    path = tmp_path / "train.yaml"
    data = {"files": str(stance_file), "columns": {"split": "split"}}
    path.write_text(json.dumps({"model": {"type": "linear"}, "data": data}), "utf-8")
    config, out = load_config(path), tmp_path / "out"

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("training.procedure._finish", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train(config, out)
    scores = out / "checkpoints" / "seed-1" / "scores.json"
    scores.write_text("{", "utf-8")
    with pytest.raises(ModelError, match=r"scores\.json: damaged.*delete it and pass --resume"):
        train(config, out, resume=True)
    scores.unlink()
    (out / "metrics.json").write_text("{}", "utf-8")
    with pytest.raises(ModelError, match=r"metrics\.json: damaged"):
        train(config, out, resume=True)
    (out / "metrics.json").unlink()
    assert train(config, out, resume=True)["validation"]["n"] == 16


def test_several_seeds_keep_the_best_on_validation(run_config, tmp_path):
    config = load_config(run_config(epochs=2), ["seed=[1, 2, 3]"])
    metrics = train(config, tmp_path / "out")
    seeds = metrics["seeds"]
    scores = seeds["macro_f1"]["validation"]
    assert set(scores) == {"1", "2", "3"}
    assert scores[str(seeds["chosen"])] == max(scores.values())
    mean, sd = seeds["mean_and_sd"]["test"]
    assert mean == pytest.approx(sum(seeds["macro_f1"]["test"].values()) / 3)
    assert sd >= 0
    assert metrics["validation"]["macro_f1"] == max(scores.values())
    alone = config.model_copy(update={"seed": [seeds["chosen"]]})
    train(alone, tmp_path / "alone")
    assert weights(tmp_path / "out") == weights(tmp_path / "alone")


def test_a_folder_in_use_is_refused(run_config, tmp_path):
    config = load_config(run_config())
    (tmp_path / "thesis.docx").write_text("years of work", "utf-8")
    with pytest.raises(OutputError, match="is not empty"):
        train(config, tmp_path)
    with pytest.raises(OutputError, match="no interrupted run"):
        train(config, tmp_path, resume=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_small_model_from_scratch(tmp_path, stance_file):
    path = tmp_path / "train.yaml"
    model = '{"type": "scratch", "vocab_size": 400, "hidden_size": 32, "layers": 1, "heads": 2}'
    path.write_text(config_text(stance_file, model, epochs=2), "utf-8")
    train(load_config(path), tmp_path / "out")
    tensors = load_file(tmp_path / "out" / "model.safetensors")
    assert tensors["roberta.embeddings.word_embeddings.weight"].shape == (400, 32)
    texts = ["De sancties tegen Iran blijven."] * 2
    one, two = StanceClassifier.from_pretrained(tmp_path / "out").predict(texts, ["", "Nee."])
    assert one.probabilities != two.probabilities


def test_tensorboard_on_request(run_config, tmp_path):
    train(load_config(run_config(epochs=1, tensorboard=True)), tmp_path / "out")
    assert [*(tmp_path / "out" / "logs").rglob("events.out.tfevents.*")]


@pytest.mark.slow
def test_torchrun_with_two_processes(run_config, tmp_path):
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2",
               "--master_port", "29631", "-m", "stance", "train", str(run_config(epochs=2)),
               "--out", str(tmp_path / "out"), "--set", "seed=[1, 2]"]  # fmt: skip
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("macro-F1") == 1
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text("utf-8"))
    assert set(metrics["seeds"]["macro_f1"]["test"]) == {"1", "2"}
    assert not (tmp_path / "out" / "checkpoints").exists()


def test_the_reference_config_trains_a_robbert_from_disk(tmp_path, robbert_folder, stance_file):
    """The reference config itself, on a folder of RobBERT's kind, to a folder that labels."""
    out = tmp_path / "model"
    settings = {
        "model.name_or_path": robbert_folder,
        "data.files": stance_file,
        "training.epochs": 1,
        "seed": 1,
    }
    options = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    done = stance_train("robbert-2023-base", out, *options)
    assert "macro-F1" in done.stdout
    saved = yaml.safe_load((out / "train_config.yaml").read_text("utf-8"))
    assert saved["training"]["label_smoothing"] == 0.1
    assert saved["training"]["class_weights"] == "balanced"
    predictions = StanceClassifier.from_pretrained(out).predict_document("Een zin. En nog een.")
    assert [one.text for one in predictions] == ["Een zin.", "En nog een."]
