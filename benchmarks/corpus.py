"""How our corpus compares with real text: the tables of its data sheet.

    python benchmarks/corpus.py --dev labelled.jsonl --pool real.jsonl [--json OUT]

`--dev` is a labelled file of real sentences (text, context, label): the linear baseline is
trained on parts of the training split and scored on it. `--pool` is a file of real, unlabelled
parliamentary and legal sentences (text, speaker, date, source): a character n-gram classifier
tries to tell our parliamentary and legal sentences from it. The lower its AUC, the more alike.
"""

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from stance import LABELS, StanceClassifier
from stance.evaluation import evaluate_rows
from stance.rows import LabelledRow, read_labelled
from training.baseline import train_linear
from training.corpus import Seed, load_seeds
from training.data import Example
from training.settings import LinearModel

_SIZES = (1000, 2000, 4000)
_DRAWS = 3
_OFFICIAL = ("parliament", "motion", "legal")
_WORD = re.compile(r"\w+")
_QUOTES = str.maketrans("‘’‚‛“”„‟«»", '\'\'\'\'""""""')


def main() -> None:
    """Print the tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    seeds = load_seeds()
    pool = [json.loads(line) for line in options.pool.read_text("utf-8").splitlines()]
    found = {
        "learning_curve": learning_curve(load_seeds("train"), read_labelled(options.dev)),
        "told_apart": told_apart([s for s in seeds if s.genre in _OFFICIAL], pool),
        "ours": variety([s.text for s in seeds], [s.group for s in seeds]),
        "ours, parliament and law": variety(
            [s.text for s in seeds if s.genre in _OFFICIAL],
            [s.group for s in seeds if s.genre in _OFFICIAL],
        ),
        "pool": variety([row["text"] for row in pool], [_document(row) for row in pool]),
    }
    if options.json:
        options.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")
    _print(found)


def learning_curve(train: Sequence[Seed], dev: Sequence[LabelledRow]) -> dict[str, Any]:
    """Macro-F1 and F_avg of the linear baseline on `dev`, by training sentences; means of draws."""
    curve: dict[str, Any] = {}
    for size in [*(n for n in _SIZES if n < len(train)), len(train)]:
        draws = _DRAWS if size < len(train) else 1
        scores = [_score_of_part(train, size, draw, dev) for draw in range(draws)]
        curve[str(size)] = {
            name: float(np.mean([one[name] for one in scores])) for name in ("macro_f1", "f_avg")
        }
    return curve


def _score_of_part(
    train: Sequence[Seed], size: int, draw: int, dev: Sequence[LabelledRow]
) -> dict[str, Any]:
    order = np.random.default_rng(draw).permutation(len(train))[:size]
    examples = [
        Example(one.text, one.context, LABELS.index(one.label), one.group, "train", one.id)
        for one in (train[i] for i in sorted(order))
    ]
    with tempfile.TemporaryDirectory() as folder:
        config = LinearModel(type="linear")
        train_linear(config, examples, [*LABELS], "previous", Path(folder))
        return evaluate_rows(StanceClassifier.from_pretrained(folder), dev)


def told_apart(ours: Sequence[Seed], pool: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How well character n-grams tell ours from real text of the same lengths.

    Quotes, dashes and spaces are written alike in both, sentences are drawn so that both have
    the same lengths, and no document stands in two folds.
    """
    rng = np.random.default_rng(0)
    texts, labels, groups = [], [], []
    by_length: dict[int, list[Seed]] = {}
    for i in rng.permutation(len(ours)):
        by_length.setdefault(_length_bin(ours[i].text), []).append(ours[i])
    for row in pool:
        same = by_length.get(_length_bin(row["text"]))
        if same:
            one = same.pop()
            texts += [_alike(row["text"]), _alike(one.text)]
            labels += [0, 1]
            groups += [_document(row), one.group]
    vectorizer = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True
    )
    gold, scores = np.array(labels), np.zeros(len(labels))
    for fit, held in GroupKFold(5).split(texts, gold, groups):
        features = vectorizer.fit_transform([texts[i] for i in fit])
        model = LogisticRegression(C=10.0, max_iter=2000).fit(features, gold[fit])
        scores[held] = model.decision_function(vectorizer.transform([texts[i] for i in held]))
    model = LogisticRegression(C=10.0, max_iter=2000).fit(vectorizer.fit_transform(texts), gold)
    order = np.argsort(model.coef_[0])
    names = vectorizer.get_feature_names_out()
    return {
        "auc": float(roc_auc_score(gold, scores)),
        "pairs": len(labels) // 2,
        "typical_of_ours": [str(names[i]) for i in order[::-1][:20]],
        "typical_of_pool": [str(names[i]) for i in order[:20]],
    }


def _alike(text: str) -> str:
    text = text.translate(_QUOTES).replace("–", "-").replace("—", "-")
    return " ".join(text.split())


def _length_bin(text: str) -> int:
    return min(len(_WORD.findall(text)) // 4, 15)


def _document(row: dict[str, Any]) -> str:
    return f"{row.get('source')} {row.get('date')} {row.get('speaker')}"


def variety(texts: Sequence[str], groups: Sequence[str]) -> dict[str, Any]:
    """Distinct n-grams, lengths, frequent openings, and how near the nearest sentence is."""
    words = [_WORD.findall(text.lower()) for text in texts]
    lengths = np.array([len(one) for one in words])
    rng = np.random.default_rng(0)
    stream = [w for i in rng.permutation(len(words)) for w in (*words[i], "<end>")][:20_000]
    ngrams = {n: [*zip(*(stream[i:] for i in range(n)), strict=False)] for n in (1, 2, 3)}
    openings = Counter(" ".join(one[:2]) for one in words)
    frames = Counter(" ".join(one[:3]) for one in words)
    return {
        "sentences": len(texts),
        "words": {f"p{q}": float(np.percentile(lengths, q)) for q in (10, 25, 50, 75, 90, 99)},
        "distinct": {str(n): len(set(one)) / len(one) for n, one in ngrams.items()},
        "openings": [[name, n / len(texts)] for name, n in openings.most_common(10)],
        "frames": [[name, n / len(texts)] for name, n in frames.most_common(10)],
        "nearest": _nearest(texts, groups),
    }


def _nearest(texts: Sequence[str], groups: Sequence[str]) -> dict[str, float]:
    """Cosine similarity (TF-IDF of words) to the nearest sentence of another group."""
    vectors = csr_matrix(TfidfVectorizer(sublinear_tf=True).fit_transform(texts))
    owner = np.unique(np.asarray(groups), return_inverse=True)[1]
    best = np.empty(len(texts))
    for start in range(0, len(texts), 500):
        block = (vectors[start : start + 500] @ vectors.T).toarray()
        block[owner[start : start + 500, None] == owner[None, :]] = 0
        best[start : start + 500] = block.max(axis=1)
    return {f"p{q}": float(np.percentile(best, q)) for q in (50, 90, 99)}


def _print(found: dict[str, Any]) -> None:
    print("| training sentences | macro-F1 | F_avg |\n|---|---|---|")
    for size, one in found["learning_curve"].items():
        print(f"| {int(size):,} | {one['macro_f1']:.3f} | {one['f_avg']:.3f} |")
    told = found["told_apart"]
    print(f"\nTold apart from the pool: AUC {told['auc']:.3f} ({told['pairs']} pairs).")
    for key in ("typical_of_ours", "typical_of_pool"):
        print(f"{key}: " + ", ".join(f"`{one}`" for one in told[key]))
    names = [name for name in found if name not in ("learning_curve", "told_apart")]
    print("\n| | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    _line("sentences", [f"{found[name]['sentences']:,}" for name in names])
    for key, inner in (
        ("words", "p10 p50 p90 p99"),
        ("distinct", "1 2 3"),
        ("nearest", "p50 p90 p99"),
    ):
        for one in inner.split():
            digits = ".0f" if key == "words" else ".2f"
            _line(f"{key} {one}", [f"{found[name][key][one]:{digits}}" for name in names])
    for key in ("openings", "frames"):
        for rank in range(5):
            _line(f"{key} {rank + 1}", ["{} ({:.1%})".format(*found[n][key][rank]) for n in names])


def _line(title: str, cells: Sequence[str]) -> None:
    print(f"| {title} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
