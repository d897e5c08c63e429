"""Labelling on a CPU against what a user would write, and against what the machine can compute.

    python benchmarks/speed.py [--sentences 2000] [--slow 500] [--rounds 3] [--out FILE]

A RobBERT-base-shaped model with random weights labels sentences of our corpus, drawn so that
every length has its share, in random order. Arms, one after the other in every round: the
`transformers` pipeline over a list, one by one and in batches of 32 (on `--slow` of the
sentences, drawn in the same way); our path at fp32 and at int8. Then the machine multiplies
matrices of the same shapes: what all products with weights take is the arithmetic limit.
Writes `benchmarks/results/speed.json`, prints the tables.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from machine import describe_machine
from matrix_rate import MatrixRate, gigaflops
from random_model import BASE, build_model, open_encoder, quantise
from transformers import pipeline

from stance import StanceClassifier
from stance.backends import SLOW_FUSIONS, quiet_transformers
from stance.encoding import IntArray
from stance.model_folder import ONNX_INT8
from training.corpus import load_seeds
from training.graphs import Int8Method, make_batches
from training.models import learn_tokenizer

_RESULT = Path(__file__).parent / "results" / "speed.json"
_PIPELINES = ("pipeline, one by one", "pipeline, batches of 32")
_INT8: tuple[Int8Method, ...] = ("rows", "dynamic")
"""`rows` is what fine-tuned models of ours passed the check of `stance export` with."""
_PRECISIONS = ("fp32", "int8")
_BUDGETS = (512, 1024, 2048, 4096)
_LENGTHS = (8, 16, 32, 64, 128)

Arm = tuple[Callable[[list[str]], Any], list[str]]
"""What labels, and which sentences."""


def main() -> None:
    """Measure, write and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sentences", type=int, default=2000)
    parser.add_argument("--slow", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=_RESULT)
    options = parser.parse_args()
    machine = describe_machine("stance-nl", "onnxruntime", "tokenizers", "torch", "transformers")
    quiet_transformers()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seeds = [one.text for one in load_seeds()]
        learn_tokenizer(seeds, 50_000).save_pretrained(folder)
        build_model(folder, "none", BASE)
        texts, lengths = _stratified(folder, seeds, options.sentences)
        slow, _ = _stratified(folder, texts, options.slow)
        arms = _arms(folder, texts, slow)
        rate = MatrixRate()
        rounds = [_round(arms, rate) for _ in range(options.rounds)]
        tables = _tables(folder, slow)
    result = {
        "machine": machine,
        "threads": torch.get_num_threads(),
        "sentences": len(texts),
        "sentences_of_pipelines": len(slow),
        "mean_tokens": float(lengths.mean()),
        "p99_tokens": float(np.quantile(lengths, 0.99)),
        "most_tokens": int(lengths.max()),
        **_summary(rounds, float(lengths.mean())),
        **tables,
        "rounds": rounds,
    }
    options.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    _print(result)


def _stratified(folder: Path, texts: Sequence[str], n: int) -> tuple[list[str], np.ndarray]:
    """Texts of every length in the proportion in which they occur, in random order; tokens."""
    lengths = np.array([len(one.ids) for one in open_encoder(folder).encode(texts)])
    ranks = np.linspace(0, len(texts) - 1, min(n, len(texts))).round().astype(int)
    chosen = np.argsort(lengths, kind="stable")[ranks]
    chosen = np.random.default_rng(0).permutation(chosen)
    return [texts[i] for i in chosen], lengths[chosen]


def _arms(folder: Path, texts: list[str], slow: list[str]) -> dict[str, Arm]:
    pipe: Any = pipeline("text-classification", model=str(folder), device="cpu")
    arms: dict[str, Arm] = {
        _PIPELINES[0]: (lambda those: pipe(those, batch_size=1), slow),
        _PIPELINES[1]: (lambda those: pipe(those, batch_size=32), slow),
        "fp32": (StanceClassifier.from_pretrained(folder, backend="onnx-fp32").predict, texts),
    }
    for method in reversed(_INT8):  # the last stays in the folder, for the tables
        quantise(folder, method, slow[:100])
        model = StanceClassifier.from_pretrained(folder, backend="onnx-int8")
        arms[f"int8, {method}"] = (model.predict, texts)
    return arms


def _round(arms: Mapping[str, Arm], rate: MatrixRate) -> dict[str, Any]:
    """Sentences a second of every arm, and seconds a token of the products alone."""
    rates = {}
    for name, (label, texts) in arms.items():
        label(texts[:8])
        begin = time.perf_counter()
        label(texts)
        rates[name] = len(texts) / (time.perf_counter() - begin)
    products = {one: rate.seconds_per_token(one) for one in _PRECISIONS}
    return {"sentences_per_second": rates, "seconds_per_token_of_products": products}


def _summary(rounds: Sequence[Mapping[str, Any]], mean_tokens: float) -> dict[str, Any]:
    """Medians over the rounds, and what they are against pipeline and limit."""

    def medians(key: str) -> dict[str, float]:
        return {
            name: statistics.median(one[key][name] for one in rounds) for name in rounds[0][key]
        }

    rates = medians("sentences_per_second")
    products = medians("seconds_per_token_of_products")
    ours = {"fp32": rates["fp32"], "int8": rates[f"int8, {_INT8[0]}"]}
    limits = {one: 1 / (products[one] * mean_tokens) for one in _PRECISIONS}
    best = max(rates[name] for name in _PIPELINES)
    return {
        **{f"{one}_vs_pipeline": ours[one] / best for one in reversed(_PRECISIONS)},
        **{f"{one}_of_limit": ours[one] / limits[one] for one in reversed(_PRECISIONS)},
        "sentences_per_second": rates,
        "limit_sentences_per_second": limits,
        "matrix_gigaflops": {one: gigaflops(products[one]) for one in _PRECISIONS},
    }


def _tables(folder: Path, texts: Sequence[str]) -> dict[str, Any]:
    """Throughput of the int8 graph alone against budget, threads and length."""
    path, most = folder / ONNX_INT8, torch.get_num_threads()
    encoder = open_encoder(folder)
    batches = {one: make_batches(encoder, texts, max_tokens=one) for one in _BUDGETS}
    session = _session(path, most)
    by_length = {}
    for length in _LENGTHS:
        ids = np.random.default_rng(0).integers(5, 9000, (2048 // length, length))
        batch = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        by_length[length] = length * _rate(session, [batch] * 4)
    return {
        "by_budget": {budget: _rate(session, those) for budget, those in batches.items()},
        "by_threads": {n: _rate(_session(path, n), batches[2048]) for n in range(1, most + 1)},
        "tokens_by_length": by_length,
    }


def _session(path: Path, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW_FUSIONS
    )


def _rate(session: Any, batches: Sequence[Mapping[str, IntArray]]) -> float:
    """Rows a second."""
    names = [one.name for one in session.get_inputs()]
    begin = time.perf_counter()
    for batch in batches:
        session.run(None, {name: batch[name] for name in names})
    return sum(len(one["input_ids"]) for one in batches) / (time.perf_counter() - begin)


def _print(result: Mapping[str, Any]) -> None:
    rates, limits = result["sentences_per_second"], result["limit_sentences_per_second"]
    best = max(rates[name] for name in _PIPELINES)
    print(
        f"{result['sentences']:,} sentences of {result['mean_tokens']:.1f} tokens in the mean "
        f"(99 % have at most {result['p99_tokens']:.0f}), {result['threads']} threads, "
        f"{result['machine']['processor']}\n"
    )
    print("| path | sentences a second | of the faster pipeline | of the arithmetic limit |")
    print("|---|---|---|---|")
    for name, rate in rates.items():
        limit = limits.get(name.split(",")[0])
        share = f"{rate / limit:.0%}" if limit else ""
        print(f"| {name} | {rate:.1f} | {rate / best:.1f} | {share} |")
    for name, limit in limits.items():
        print(f"| limit at {name} | {limit:.1f} | {limit / best:.1f} | 100% |")
    for key, title, unit in (
        ("by_budget", "tokens a batch", "sentences a second"),
        ("by_threads", "threads", "sentences a second"),
        ("tokens_by_length", "tokens a sentence", "tokens a second"),
    ):
        print(f"\n| {title} | {unit} |\n|---|---|")
        for name, rate in result[key].items():
            print(f"| {name} | {rate:,.0f} |")


if __name__ == "__main__":
    main()
