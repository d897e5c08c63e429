"""The shipped model against a RobBERT-base-shaped one at int8, in the same run.

    python benchmarks/small_speed.py [--rounds 3]

All label the same pairs (a sentence and the sentence before, about 25 tokens each) of our
corpus with onnxruntime. The large model has random weights and the shipped model's tokenizer: its
speed depends on its shape, not on what it knows. `labels alone` has the shipped model's shape and
no second head: what holders cost. Loading is timed in processes of their own.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from random_model import BASE, build_model, quantise
from transformers import RobertaConfig

from stance import StanceClassifier
from stance.encoding import Encoder
from stance.model_folder import SHIPPED
from training.corpus import load_seeds
from training.graphs import Int8Method

_N_PAIRS = 512
_COLD = "from stance import StanceClassifier as S; S.from_pretrained().predict(['Eén zin.'])"


def main() -> None:
    """Print sentences a second, their ratio, and the time to the first label."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds: int = parser.parse_args().rounds
    texts, contexts = _pairs()
    with tempfile.TemporaryDirectory() as name:
        models = {
            "shipped": StanceClassifier.from_pretrained(),
            "labels alone": _random(Path(name, "small"), _shipped_shape(), "rows", texts[:100]),
            "base int8": _random(Path(name, "base"), BASE, "dynamic", texts[:100]),
        }
        rates: dict[str, list[float]] = {name: [] for name in models}
        for _ in range(rounds):  # interleaved, so that a noisy machine troubles all alike
            for name, model in models.items():
                n = len(texts) // 4 if name == "base int8" else len(texts)
                begin = time.perf_counter()
                model.predict_proba(texts[:n], contexts[:n])
                rates[name].append(n / (time.perf_counter() - begin))
    medians = {name: statistics.median(values) for name, values in rates.items()}
    cold = []
    for _ in range(rounds):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", _COLD], check=True)
        cold.append(time.perf_counter() - begin)
    print(
        json.dumps(
            {
                "sentences_per_second": medians,
                "ratio": medians["shipped"] / medians["base int8"],
                "of_labels_alone": medians["shipped"] / medians["labels alone"],
                "cold_seconds": statistics.median(cold),
                "rounds": rates,
            },
            indent=2,
        )
    )


def _random(
    folder: Path, shape: RobertaConfig, method: Int8Method, texts: list[str]
) -> StanceClassifier:
    """A model of random weights with the shipped model's tokenizer, at int8."""
    folder.mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(SHIPPED / name, folder / name)
    build_model(folder, "previous", shape)
    quantise(folder, method, texts)
    return StanceClassifier.from_pretrained(folder, backend="onnx-int8")


def _shipped_shape() -> RobertaConfig:
    shape: RobertaConfig = RobertaConfig.from_pretrained(SHIPPED, local_files_only=True)
    return shape


def _pairs() -> tuple[list[str], list[str]]:
    """Pairs whose sentences both have 18 to 32 tokens."""
    encoder = Encoder.from_folder(SHIPPED, 512)
    seeds = [seed for seed in load_seeds() if seed.context]
    lengths = [
        [len(one.ids) - 2 for one in encoder.encode([seed.text, seed.context])] for seed in seeds
    ]
    kept = [
        seed for seed, both in zip(seeds, lengths, strict=True) if all(18 <= n <= 32 for n in both)
    ][:_N_PAIRS]
    return [seed.text for seed in kept], [seed.context for seed in kept]


if __name__ == "__main__":
    main()
