"""What fuzzing starts from: a few small good files for every target."""

import io
import json
from collections.abc import Callable
from typing import Final

import numpy as np
from fuzz.targets import CONFIG_JSON, LINEAR_JSON

from stance.labels import LABELS
from stance.model_folder import ModelSettings, settings_text
from training.resources import CONFIGS

TEXT: Final = (
    "Dat zei dhr. Jansen. „Hef het embargo op!” De EU-sancties tegen het Kremlin\nblijven…\n\n"
    "VN-resolutie 2270. Het kost 2,5 mld. ''Nee.'' Israëlische kolonisten; e\u0301\u200b\u202e.\r\n"
)
_LABELLED: Final = "row,sentence_index,sentence,label,score,p_favor,p_against,p_neutral,p_unrelated"


def _configs() -> list[bytes]:
    names = ("baseline", "mini", "pretrain-small-dutch")
    return [(CONFIGS / f"{name}.yaml").read_bytes() for name in names] + [b"training.epochs=3"]


def _labelled() -> list[bytes]:
    rows = f"{_LABELLED},outlet,holders\n1,0,De zin.,favor,0.9,0.9,0.05,0.05,0,Krant,EU: favor\n"
    values = [1, 0, "De zin.", "favor", 0.9, 0.9, 0.05, 0.05, 0, "Krant", []]
    record = dict(zip(rows.splitlines()[0].split(","), values, strict=True))
    return [rows.encode(), json.dumps(record).encode()]


def _parquet() -> list[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = []
    for options in ({}, {"compression": "none", "use_dictionary": False}):
        file = io.BytesIO()
        columns = {"text": ["een", None], "n": [1, 2], "l": [[1.5], []], "s": [{"a": True}, None]}
        pq.write_table(pa.table(columns), file, **options)
        found.append(file.getvalue())
    return found


def _tokenizer() -> list[bytes]:
    from tokenizers import ByteLevelBPETokenizer, Tokenizer
    from tokenizers.processors import RobertaProcessing

    learner = ByteLevelBPETokenizer(add_prefix_space=True)
    special = ["<s>", "<pad>", "<unk>", "</s>", "<mask>"]
    learner.train_from_iterator([TEXT], vocab_size=270, special_tokens=special, show_progress=False)
    tokenizer = Tokenizer.from_str(learner.to_str())
    tokenizer.post_processor = RobertaProcessing(("</s>", 3), ("<s>", 0))
    words = {token: i for i, token in enumerate([*special, "de", "sancties"])}
    small = {
        "version": "1.0",
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": words, "unk_token": "<unk>"},
    }
    return [tokenizer.to_str().encode(), json.dumps(small).encode()]


def _onnx() -> list[bytes]:
    from onnx import TensorProto, helper, numpy_helper

    def value(name: str, kind: int, shape: list[object]) -> object:
        return helper.make_tensor_value_info(name, kind, shape)

    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["x"]),
        helper.make_node("ReduceMean", ["x"], ["logits"], axes=[1], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        [value("input_ids", TensorProto.INT64, ["rows", None])],
        [value("logits", TensorProto.FLOAT, ["rows", 4])],
        [numpy_helper.from_array(np.ones((600, 4), np.float32), "table")],
    )
    opset = helper.make_opsetid("", 17)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    return [model.SerializeToString()]


def _safetensors() -> list[bytes]:
    from safetensors.numpy import save

    return [save({"idf": np.ones(3), "weights": np.ones((3, 4)), "intercept": np.zeros(4)})]


SEEDS: Final[dict[str, Callable[[], list[bytes]]]] = {
    "config": _configs,
    "csv": lambda: [b'text,n\n"een, ""x""\ntwee",1\ndrie,2\n', "text;n\né;1\n".encode()],
    "jsonl": lambda: [b'{"text": "een", "n": 1}\n\n{"text": "\\u00e9", "n": [2.5, null]}\n'],
    "txt": lambda: [TEXT.encode()],
    "parquet": _parquet,
    "labelled": _labelled,
    "actors": lambda: [
        b"actor\tkind\tnames\tadjectives\tpeople\nRusland\tcountry\tKremlin|=VS\tRussisch|EU-\tRus\n"
    ],
    "text": lambda: [TEXT.encode()],
    "settings": lambda: [
        settings_text(ModelSettings("transformer", LABELS, max_length=64)).encode()
    ],
    "model_config": lambda: [json.dumps(CONFIG_JSON).encode()],
    "tokenizer": _tokenizer,
    "onnx": _onnx,
    "safetensors": _safetensors,
    "vocabulary": lambda: [json.dumps(LINEAR_JSON).encode()],
}
"""By the name of the target."""
