import errno
import json

import pytest
from conftest import write_jsonl

from stance.errors import ConfigError, ModelError, OutputError
from training.run_folder import (
    CHECKPOINTS,
    CONFIG_FILE,
    METRICS_FILE,
    check_folder,
    claim,
    give_back,
    read_scores,
    writing,
)
from training.settings import Data, LinearModel, TrainConfig

PART = {"n": 3, "macro_f1": 0.5, "intervals": {"macro_f1": [0.4, 0.6]}, "accuracy": 0.6}


def config(**data):
    return TrainConfig(model=LinearModel(type="linear"), data=Data(files=["x.csv"], **data))


def state(out):
    return out / CHECKPOINTS / CONFIG_FILE


def test_a_folder_is_claimed_for_one_run(tmp_path):
    out = tmp_path / "deep" / "out"
    check_folder(out, resume=False)
    claim(out, config(labels=["1e5", "Één"]), "abc", resume=False)
    with pytest.raises(OutputError, match="pass --resume"):
        check_folder(out, resume=False)
    check_folder(out, resume=True)
    claim(out, config(labels=["1e5", "Één"]), "abc", resume=True)
    with pytest.raises(ConfigError, match=r"had data\.labels \['1e5', 'Één'\], this one has"):
        claim(out, config(labels=["a", "b"]), "abc", resume=True)
    with pytest.raises(ConfigError, match="had data 'abc', this one has 'def'"):
        claim(out, config(labels=["1e5", "Één"]), "def", resume=True)
    give_back(out)
    assert not out.exists()


def test_trained_work_is_never_given_back(tmp_path):
    claim(tmp_path, config(), "abc", resume=False)
    (tmp_path / CHECKPOINTS / "seed-1" / "best").mkdir(parents=True)
    give_back(tmp_path)
    assert state(tmp_path).exists()


@pytest.mark.parametrize("content", [b"", b"\xff", b"[1", b"[" * 9999, b"3", b"config: 3\ndata: x"])
def test_damaged_settings_of_an_interrupted_run(tmp_path, content):
    claim(tmp_path, config(), "abc", resume=False)
    state(tmp_path).write_bytes(content)
    with pytest.raises(ModelError, match=r"train_config\.yaml: damaged.*put the file back"):
        claim(tmp_path, config(), "abc", resume=True)


def test_what_cannot_be_a_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is a file, expected a folder"):
        check_folder(tmp_path / "file", resume=False)
    with pytest.raises(OutputError, match=r"cannot be used .File name too long"):
        check_folder(tmp_path / ("x" * 5000), resume=False)
    with pytest.raises(OutputError, match=r"cannot be written .Not a directory"):
        claim(tmp_path / "file" / "below", config(), "abc", resume=False)


def test_scores_that_were_saved(tmp_path):
    path = write_jsonl(tmp_path / METRICS_FILE, [{"validation": PART, "seeds": {}}])
    assert read_scores(path, "x")["validation"] == PART


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "null",
        "[]",
        "{}",
        '{"validation": {}}',
        json.dumps({"validation": PART, "test": 3}),
    ],
)
def test_damaged_scores_come_with_a_way_out(tmp_path, content):
    path = tmp_path / METRICS_FILE
    path.write_text(content, "utf-8")
    with pytest.raises(ModelError, match=r"metrics\.json: damaged.*; delete it\."):
        read_scores(path, "delete it")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EROFS, "Read-only file system"),
        RuntimeError("[enforce fail at inline_container.cc:659] . unexpected pos"),
    ],
)
def test_failures_in_writing_say_how_to_go_on(tmp_path, error):
    with (
        pytest.raises(OutputError, match=r"cannot be written \(.*pass --resume"),
        writing(tmp_path),
    ):
        raise error


def test_other_failures_stay_what_they_are(tmp_path):
    with pytest.raises(RuntimeError, match="sizes"), writing(tmp_path):
        raise RuntimeError("sizes differ")
