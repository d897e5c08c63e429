"""The shipped model against a RobBERT-base-shaped one at int8, in the same run.

    python benchmarks/small_speed.py [--rounds 3]

Both label the same pairs (a sentence and the sentence before, about 25 tokens each) of our
corpus with onnxruntime. The large model has random weights and the shipped model's tokenizer: its
speed depends on its shape, not on what it knows. Loading is timed in processes of their own.
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

from base_model import build_base, quantise_base

from stance import StanceClassifier
from stance.encoding import Encoder
from stance.model_folder import SHIPPED
from training.corpus import load_seeds

_N_PAIRS = 512
_COLD = "from stance import StanceClassifier as S; S.from_pretrained().predict(['Eén zin.'])"


def main() -> None:
    """Print sentences a second, their ratio, and the time to the first label."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds: int = parser.parse_args().rounds
    texts, contexts = _pairs()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(SHIPPED / name, Path(folder) / name)
        build_base(Path(folder), "previous")
        quantise_base(Path(folder), "dynamic", texts[:100])
        models = {
            "shipped": StanceClassifier.from_pretrained(),
            "base int8": StanceClassifier.from_pretrained(folder, backend="onnx-int8"),
        }
        rates: dict[str, list[float]] = {name: [] for name in models}
        for _ in range(rounds):  # interleaved, so that a noisy machine troubles both alike
            for name, model in models.items():
                n = len(texts) if name == "shipped" else len(texts) // 4
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
                "cold_seconds": statistics.median(cold),
                "rounds": rates,
            },
            indent=2,
        )
    )


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
