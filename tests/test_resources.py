import pytest

from stance.errors import ConfigError
from training.resources import CONFIGS, SEEDS, config_path


def test_configs_and_corpus_are_carried():
    names = {path.stem for path in CONFIGS.glob("*.yaml")}
    assert names == {
        "baseline",
        "bertje",
        "mdeberta-v3-base",
        "mini",
        "pretrain-domain",
        "pretrain-small-dutch",
        "robbert-2022-base",
        "robbert-2023-base",
        "robbert-2023-large",
        "small-dutch",
    }
    assert [*SEEDS.glob("*.jsonl")]


def test_a_file_comes_before_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert config_path("mini") == CONFIGS / "mini.yaml"
    (tmp_path / "mini").write_text("x: 1\n", "utf-8")
    assert config_path("mini").read_text("utf-8") == "x: 1\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x" * 5000, "cannot be read .File name too long"),
        ("~nobody-of-that-name/x.yaml", "cannot be read"),
        ("/dev/zero", "is no regular file"),
        ("/", "is a folder"),
    ],
)
def test_what_cannot_be_a_config_file(name, message):
    with pytest.raises(ConfigError, match=message) as caught:
        config_path(name)
    assert len(str(caught.value)) < 300


def test_a_name_nobody_knows():
    with pytest.raises(ConfigError, match=r"no such config file.*carries baseline, bertje"):
        config_path("gpt")
