"""Sentence boundaries on the corpus: each sentence must be told from the one before it.

    python benchmarks/sentences.py

Only pairs whose sentences both end in . ! ? or an ellipsis count; the rest have no mark that a
splitter could go by.
"""

from collections.abc import Iterator

from stance.sentences import split_sentences
from training.corpus import load_seeds

_CLOSING = "’”\"')»"


def main() -> None:
    """Print precision, recall and F1 of the boundaries inside the pairs."""
    hits = found = gold = 0
    for first, second in _pairs():
        ends = {end for _, end in split_sentences(f"{first} {second}")}
        inner = ends - {len(first) + 1 + len(second)}
        hits += len(first) in inner
        found += len(inner)
        gold += 1
    precision, recall = hits / found, hits / gold
    f1 = 2 * precision * recall / (precision + recall)
    print(f"{gold} pairs: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")


def _pairs() -> Iterator[tuple[str, str]]:
    for seed in load_seeds():
        pair = (seed.context, seed.text)
        if all(one.rstrip(_CLOSING).endswith((".", "!", "?", "…")) for one in pair):
            yield pair


if __name__ == "__main__":
    main()
