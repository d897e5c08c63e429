import itertools
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from stance.errors import ConfigError, InputError
from training.config import TrainConfig, load_config
from training.data import load_splits
from training.pretrain_settings import PretrainConfig
from training.resources import CONFIGS, SEEDS

GOOD = """
model:
  name_or_path: some/model
data:
  files: rows.csv
"""


@pytest.fixture
def config_file(tmp_path):
    path = tmp_path / "train.yaml"
    path.write_text(GOOD, "utf-8")
    return path


def test_defaults_and_numbers(config_file):
    config_file.write_text(GOOD + "training: {learning_rate: 2e-5}\n", "utf-8")
    config = load_config(config_file)
    assert config.training.learning_rate == 2e-5
    assert config.model.type == "pretrained"
    assert config.seed == [1]
    with pytest.raises(ValidationError):
        config.seed = [2]


def test_all_faults_are_reported_at_once_with_their_places(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(
        "model:\n  name_or_pth: x\ndata:\n  files: a.csv\n  colums: {}\n"
        "training:\n  epochs: three\n  batch_size: 0\n  bf16: no\nseed: [1, x]\n",
        "utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        load_config(path, ["input.context=next", "training.warmup=3"])
    message = str(caught.value)
    assert "8 faults" in message or "9 faults" in message
    for expected in (
        "model.name_or_path is missing",
        f"{path}:2: model.name_or_pth: 'x': there is no such key; did you mean name_or_path?",
        f"{path}:5: data.colums",
        "did you mean columns?",
        f"{path}:7: training.epochs: 'three' found, expected a valid number",
        f"{path}:8: training.batch_size: 0 found, expected greater than or equal to 1",
        f"{path}:9: training.bf16: 'no' found, expected a valid boolean",
        f"{path}:10: seed.1: 'x' found, expected a valid integer",
        "--set input.context=next: input.context: 'next' found",
        "--set training.warmup=3: training.warmup: 3: there is no such key; did you mean",
    ):
        assert expected in message, expected


def test_unknown_model_type_names_the_nearest(config_file):
    with pytest.raises(ConfigError, match=r"model\.type: 'liner' found.*did you mean linear\?"):
        load_config(config_file, ["model.type=liner"])


def test_set_overrides_by_dotted_key(config_file):
    config = load_config(
        config_file, ["training.learning_rate=3e-5", "seed=[1, 2, 3]", "data.labels=[pro, con]"]
    )
    assert config.training.learning_rate == 3e-5
    assert config.seed == [1, 2, 3]
    assert config.data.labels == ["pro", "con"]


@pytest.mark.parametrize("item", ["training.epochs", "=3", "a..b=1", "model.name_or_path.x=1"])
def test_malformed_overrides(config_file, item):
    with pytest.raises(ConfigError, match="--set"):
        load_config(config_file, [item])


def test_what_does_not_fit_together_is_reported_with_all_else(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(
        "model:\n  type: scratch\n  hidden_size: 30\n  layers: 0\ndata:\n  files: x\n"
        "  labels: [a, a]\ninput:\n  context: previous\nseed: [1, 1]\n",
        "utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        load_config(path, ["seed", "training.epochs=[", "training.linear=3"])
    message = str(caught.value)
    assert message.startswith(f"{path}: 8 faults\n")
    for expected in (
        "  --set seed: expected key=value",
        "  --set training.epochs=[: not valid YAML",
        "  --set training.linear=3: training.linear: 3: there is no such key",
        f"  {path}:1: model.heads: hidden_size 30 is not a multiple of heads 4.",
        f"  {path}:4: model.layers: 0 found",
        f"  {path}:7: data.labels: a is given twice.",
        f"  {path}:9: input.context: is 'previous', but data.columns.context names no column.",
        f"  {path}:10: seed: 1 is given twice.",
    ):
        assert expected in message, message


@pytest.mark.parametrize("name", ["x" * 5000, "loop", "~nobody-of-that-name/rows.csv"])
def test_names_that_a_file_system_refuses_are_left_to_the_reader(config_file, name):
    """They are no fault of the config's form; whoever opens the file says what is wrong."""
    (config_file.parent / "loop").symlink_to("loop")
    config_file.write_text(GOOD.replace("some/model", name).replace("rows.csv", name), "utf-8")
    config = load_config(config_file)
    with pytest.raises(InputError, match=r"cannot be read|no such file|suffix"):
        load_splits(config)


def test_relative_paths(config_file, tmp_path, monkeypatch):
    """Those of the file are relative to it, those of --set to the working directory."""
    (tmp_path / "model").mkdir()
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "other").mkdir(parents=True)
    monkeypatch.chdir(elsewhere)
    config = load_config(config_file, ["model.name_or_path=other"])
    assert config.files == [tmp_path / "rows.csv"]
    assert config.model.name_or_path == str(elsewhere / "other")
    config_file.write_text(GOOD.replace("some/model", "model"), "utf-8")
    assert load_config(config_file).model.name_or_path == str(tmp_path / "model")


def test_a_hub_id_stays_one(config_file):
    assert load_config(config_file).model.name_or_path == "some/model"


def test_seeds_stand_for_the_carried_corpus(config_file):
    config = load_config(config_file, ["data.files=seeds"])
    assert config.files
    assert all(path.parent == SEEDS and path.suffix == ".jsonl" for path in config.files)


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_reference_configs_load_and_comment_every_key(path):
    load_config(path, [], PretrainConfig if path.stem.startswith("pretrain-") else TrainConfig)
    lines = path.read_text("utf-8").splitlines()
    for before, line in itertools.pairwise(lines):
        stripped = line.strip()
        if ":" in stripped and not stripped.startswith("#") and not stripped.endswith(":"):
            assert before.strip().startswith("#"), f"{path.name}: no comment above {stripped}"


def test_configs_go_by_name_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_config("robbert-2023-base").seed == [1, 2, 3]
    with pytest.raises(ConfigError, match="Did you mean robbert-2023-base"):
        load_config("robbert-2023-bas")


def test_paths_of_a_pretraining_config_are_relative_to_it(tmp_path):
    text = "model: {type: recycled, name_or_path: org/name, glossary: woorden.tsv}\n"
    (tmp_path / "lm.yaml").write_text(text + "data: {files: [a.txt, seeds]}\n", "utf-8")
    config = load_config(tmp_path / "lm.yaml", [], PretrainConfig)
    assert config.model.glossary == str(tmp_path / "woorden.tsv")
    assert config.model.name_or_path == "org/name"
    assert config.data.files == [str(tmp_path / "a.txt"), "seeds"]
    (tmp_path / "lm.yaml").write_text("model: {type: recycle}\ndata: {files: a.txt}\n", "utf-8")
    with pytest.raises(ConfigError, match="pretrained, recycled, scratch; did you mean recycled"):
        load_config(tmp_path / "lm.yaml", [], PretrainConfig)


def test_a_saved_config_loads_as_the_same(config_file):
    config = load_config(config_file, ["training.epochs=2"])
    again = config_file.with_name("again.yaml")
    again.write_text(yaml.safe_dump(config.model_dump(mode="json")), "utf-8")
    assert load_config(again) == config
    assert isinstance(config, TrainConfig)


def test_faults_show_before_torch_is_imported(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("model: 3\n", "utf-8")
    code = (
        "import sys\nfrom training.config import load_config\n"
        f"try:\n    load_config({str(bad)!r})\nexcept ValueError as error:\n    print(error)\n"
        "assert not {'torch', 'transformers', 'sklearn', 'datasets'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "data is missing" in done.stdout
    assert Path(bad).name in done.stdout
