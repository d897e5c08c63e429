"""What is fuzzed: functions of bytes that may raise a `StanceError`, and nothing else.

`tests/test_fuzz.py` runs them on kept cases and small changes of seeds; `tests/fuzz/run.py` has
a coverage-guided fuzzer look for more.
"""

import contextlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from stance import readers
from stance.actors import ActorTable
from stance.backends import OnnxBackend
from stance.encoding import Encoded, Encoder, pad
from stance.errors import StanceError
from stance.labelled import open_labelled, read_labelled
from stance.labels import LABELS
from stance.language import is_dutch
from stance.linear import LinearModel
from stance.model_folder import ModelSettings, load_settings, settings_text
from stance.near_duplicates import words
from stance.printable import printable
from stance.readers import Reject
from stance.sentences import split_sentences
from stance.targets import find_target
from training.config import load_config
from training.pretrain_settings import PretrainConfig

_FOLDER: Final = tempfile.TemporaryDirectory(prefix="stance-fuzz-")
HOME: Final = Path(_FOLDER.name)
CONFIG_JSON: Final = {
    "model_type": "roberta",
    "id2label": {str(i): label for i, label in enumerate(LABELS)},
    "max_position_embeddings": 66,
    "vocab_size": 600,
}
LINEAR_JSON: Final = {
    "blocks": [
        {"field": "text", "analyzer": "word", "ngram_range": [1, 2], "vocabulary": ["de", "een"]},
        {"field": "context", "analyzer": "char_wb", "ngram_range": [2, 3], "vocabulary": ["de"]},
    ]
}


def _file(name: str, data: bytes) -> Path:
    path = HOME / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(data)
    return path


def _config(data: bytes) -> None:
    path = _file("train.yaml", data)
    with contextlib.suppress(StanceError):
        load_config(path)
    with contextlib.suppress(StanceError):
        load_config(path, [], PretrainConfig)
    override = data.decode(errors="replace")
    with contextlib.suppress(StanceError):
        load_config("baseline", [override])


def _table(fmt: readers.Format) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        with contextlib.suppress(StanceError):
            table = readers.open_table(_file(f"a.{fmt}", data))
            rows = [*table.rows()]
            assert len(rows) == table.n_rows
            assert [row.number for row in rows] == [*range(1, len(rows) + 1)]
            for row in rows:
                if isinstance(row, Reject):
                    assert row.reason
                    row.reason.encode()  # it is shown, and written to a file
                else:
                    assert row.values.keys() <= table.columns.keys()

    return read


def _labelled(data: bytes) -> None:
    for fmt in ("csv", "jsonl"):
        with contextlib.suppress(StanceError):
            table = open_labelled(_file(f"labelled.{fmt}", data))
            read_labelled(table, ["outlet"], None, lambda _: None, holders=True)


def _actors(data: bytes) -> None:
    with contextlib.suppress(StanceError):
        ActorTable.load(_file("actors.tsv", data)).mentions("De Russische regering van Rusland")


def _text(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape" if data[:1] == b"\xed" else "replace")
    at = 0
    for start, end in split_sentences(text):
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()
    is_dutch(text)
    find_target(text, context=text[: len(text) // 2])
    ActorTable.load().canonical(text)
    words(text)
    assert not set(printable(text)) & set("\x1b\x9b\u202e\r")


def _settings(data: bytes) -> None:
    _file("settings/config.json", json.dumps(CONFIG_JSON).encode())
    path = _file("settings/stance.json", data)
    with contextlib.suppress(StanceError):
        load_settings(path.parent)


def _model_config(data: bytes) -> None:
    path = _file("model/config.json", data)
    with contextlib.suppress(StanceError):
        load_settings(path.parent)


def _tokenizer(data: bytes) -> None:
    _file("tokens/config.json", json.dumps(CONFIG_JSON).encode())
    _file("tokens/tokenizer_config.json", b'{"pad_token": "<pad>", "mask_token": "<mask>"}')
    path = _file("tokens/tokenizer.json", data)
    with contextlib.suppress(StanceError):
        encoder = Encoder.from_folder(path.parent, 16)
        encoded = encoder.encode(
            ["De sancties blijven.", "", "é\u200b" * 40], ["", "Ja.", "x" * 99]
        )
        assert all(0 < len(one.ids) <= 16 for one in encoded)
        encoder.places("De sancties blijven.", "Ja.")


def _onnx(data: bytes) -> None:
    path = _file("graph/model.onnx", data)
    with contextlib.suppress(StanceError):
        backend = OnnxBackend(path, 4)
        logits, _ = backend.logits(pad([Encoded((1, 2, 599), (0, 0, 0), False)], 0))
        assert logits.shape == (1, 4)


def _safetensors(data: bytes) -> None:
    _linear(json.dumps(LINEAR_JSON).encode(), data)


def _vocabulary(data: bytes) -> None:
    from safetensors.numpy import save

    tensors = {"idf": np.ones(3), "weights": np.ones((3, 4)), "intercept": np.zeros(4)}
    _linear(data, save(tensors))


def _linear(vocabulary: bytes, weights: bytes) -> None:
    _file("linear/stance.json", settings_text(ModelSettings("linear", LABELS)).encode())
    _file("linear/linear.json", vocabulary)
    path = _file("linear/linear.safetensors", weights)
    with contextlib.suppress(StanceError):
        load_settings(path.parent)
        logits = LinearModel.from_folder(path.parent, 4).logits(["de een"], ["de"])
        assert logits.shape == (1, 4)
        assert np.isfinite(logits).all()


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "config": _config,
    "csv": _table("csv"),
    "jsonl": _table("jsonl"),
    "txt": _table("txt"),
    "parquet": _table("parquet"),
    "labelled": _labelled,
    "actors": _actors,
    "text": _text,
    "settings": _settings,
    "model_config": _model_config,
    "tokenizer": _tokenizer,
    "onnx": _onnx,
    "safetensors": _safetensors,
    "vocabulary": _vocabulary,
}
"""Each by its name; cases of it are kept in ``tests/fuzz/cases/<name>/``."""
