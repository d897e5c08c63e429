"""Models that tests need, built on disk: no network, no weights of others."""

import doctest
import json
import os
import re
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"  # a test that reaches for the hub fails at once

LABELS = ("favor", "against", "neutral", "unrelated")

_TEXTS = {
    "favor": "De minister wil de sancties tegen {} verlengen.",
    "against": "De minister wil de sancties tegen {} opheffen.",
    "neutral": "De sancties tegen {} gelden sinds vorig jaar.",
    "unrelated": "De trein naar {} had vanochtend weer vertraging.",
}
_PLACES = (
    "Rusland Iran Syrië Cuba Libië Mali Soedan Birma China Servië Irak Haïti Congo Rwanda Turkije "
    "Qatar Belarus Venezuela Burundi Somalië Jemen Libanon Tsjaad Angola Liberia"
).split()


def write_jsonl(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def stance_rows() -> list[dict]:
    """A hundred sentences that a small model can learn, with frozen splits."""
    splits = ["train"] * 17 + ["validation"] * 4 + ["test"] * 4
    return [
        {
            "text": template.format(place),
            "context": f"Gisteren ging het in de Kamer over {place}.",
            "label": label,
            "group": place,
            "split": split,
        }
        for place, split in zip(_PLACES, splits, strict=True)
        for label, template in _TEXTS.items()
    ]


@pytest.fixture(scope="session")
def stance_file(tmp_path_factory) -> Path:
    """`stance_rows` as a file. Its sentences differ in a word, so splits are not by text."""
    return write_jsonl(tmp_path_factory.mktemp("data") / "stance.jsonl", stance_rows())


@pytest.fixture(scope="session")
def robbert_folder(tmp_path_factory) -> Path:
    """A tiny model of RobBERT 2023's architecture and tokenizer type, with its traps.

    Special ids differ from RoBERTa's, the config carries another eos_token_id, there is
    one token type only.
    """
    from tokenizers import ByteLevelBPETokenizer
    from transformers import RobertaConfig, RobertaForMaskedLM, RobertaTokenizerFast, set_seed

    folder = tmp_path_factory.mktemp("robbert")
    learner = ByteLevelBPETokenizer(add_prefix_space=True)
    learner.train_from_iterator(
        [row["text"] + " " + row["context"] for row in stance_rows()],
        vocab_size=500,
        special_tokens=["<s>", "<pad>", "<unk>", "</s>", "<mask>"],
        show_progress=False,
    )
    model = json.loads(learner.to_str())["model"]
    tokenizer = RobertaTokenizerFast(
        vocab=model["vocab"],
        merges=[tuple(pair) for pair in model["merges"]],
        add_prefix_space=True,
        model_max_length=512,
    )
    tokenizer.save_pretrained(folder)
    set_seed(0)
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=514,
        type_vocab_size=1,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
    )
    RobertaForMaskedLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def random_folder(tmp_path_factory, robbert_folder) -> Path:
    """A classifier of large random weights, far from linear, made in a moment; do not change it."""
    from transformers import (
        AutoTokenizer,
        RobertaConfig,
        RobertaForSequenceClassification,
        set_seed,
    )

    from stance.model_folder import ModelSettings, save_settings

    folder = tmp_path_factory.mktemp("random")
    config = RobertaConfig.from_pretrained(
        robbert_folder, id2label=dict(enumerate(LABELS)), initializer_range=0.3
    )
    set_seed(1)
    RobertaForSequenceClassification(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(robbert_folder).save_pretrained(folder)
    settings = ModelSettings("transformer", LABELS, "previous", 64, temperature=1.5)
    save_settings(settings, folder)
    return folder


def config_text(data: Path, model: str, **training: object) -> str:
    """A config file for a small run."""
    options = {
        "learning_rate": 5e-3,
        "epochs": 25,
        "batch_size": 16,
        "early_stopping_patience": None,
    } | training
    return json.dumps(
        {
            "model": json.loads(model),
            "data": {
                "files": str(data),
                "columns": {"context": "context", "group": "group", "split": "split"},
            },
            "input": {"context": "previous", "max_length": 64},
            "training": options,
        }
    )


def _trained(folder: Path, config: str, *, exported: bool = True) -> Path:
    """The folder that a run of a config leaves."""
    from training.config import load_config
    from training.export import export
    from training.procedure import train

    (folder / "train.yaml").write_text(config, "utf-8")
    train(load_config(folder / "train.yaml"), folder / "model")
    if exported:
        export(folder / "model")
    return folder / "model"


@pytest.fixture(scope="session")
def trained_folder(tmp_path_factory, stance_file, robbert_folder) -> Path:
    """A classifier that was really fine-tuned and exported; do not change it."""
    model = json.dumps({"type": "pretrained", "name_or_path": str(robbert_folder)})
    return _trained(tmp_path_factory.mktemp("trained"), config_text(stance_file, model))


@pytest.fixture(scope="session")
def holders_folder(tmp_path_factory, robbert_folder) -> Path:
    """A classifier that tells holders too, fine-tuned and exported; do not change it."""
    folder = tmp_path_factory.mktemp("holders")
    names = {"favor": "De minister", "against": "De oppositie"}  # a side that a name alone tells
    rows = []
    for row in stance_rows():
        name = names.get(row["label"])
        text = row["text"].replace("De minister", name) if name else row["text"]
        holders = [{"text": name, "stance": row["label"]}] if name else []
        rows.append(row | {"text": text, "holders": holders})
    model = json.dumps({"type": "pretrained", "name_or_path": str(robbert_folder)})
    data = write_jsonl(folder / "rows.jsonl", rows)
    content = json.loads(config_text(data, model, epochs=40, holder_weight=3.0))
    content["task"] = "holders"
    content["data"]["columns"]["holders"] = "holders"
    return _trained(folder, json.dumps(content))


@pytest.fixture(scope="session")
def linear_folder(tmp_path_factory, stance_file) -> Path:
    """A trained linear baseline; do not change it."""
    content = json.loads(config_text(stance_file, '{"type": "linear"}'))
    del content["training"]
    return _trained(tmp_path_factory.mktemp("linear"), json.dumps(content), exported=False)


def failed_examples(page: str) -> int:
    """How many lines of the Python on a page of the docs are not true."""
    text = (Path(__file__).parent.parent / "docs" / page).read_text("utf-8")
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    test = doctest.DocTestParser().get_doctest(code, {}, page, None, 0)
    return doctest.DocTestRunner(verbose=False).run(test).failed
