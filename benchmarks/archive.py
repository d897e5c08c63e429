"""How often the shipped model sees a stance where an archive has none.

    python benchmarks/archive.py dutch.txt.xz [--n 10000] [--model DIR]

Takes lines at random that hold no word of sanctions; each is one sentence or a paragraph that is
split. What is labelled anything but `unrelated` is a false alarm.
"""

import argparse
import random
import re
from collections import Counter
from pathlib import Path

from stance import StanceClassifier
from stance.sentences import split_sentences
from training.text_blocks import read_lines

_SANCTIONS = re.compile(r"san[ck]t|embargo|boycot|strafmaatreg|tegenmaatreg", re.IGNORECASE)


def main() -> None:
    """Print the share of false alarms and the first of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("text", type=Path)
    parser.add_argument("--n", type=int, default=10_000, help="sentences")
    parser.add_argument("--model", type=Path, help="a trained folder; default: the shipped one")
    arguments = parser.parse_args()
    model = StanceClassifier.from_pretrained(arguments.model)
    lines = [line for line in read_lines([str(arguments.text)]) if not _SANCTIONS.search(line)]
    random.Random(1).shuffle(lines)
    texts, contexts = [], []
    for line in lines:
        spans = [line[start:end] for start, end in split_sentences(line)]
        texts += spans
        contexts += ["", *spans[:-1]]
        if len(texts) >= arguments.n:
            break
    texts, contexts = texts[: arguments.n], contexts[: arguments.n]
    predicted = model.predict(texts, contexts if model.uses_context else None)
    counts = Counter(one.label for one in predicted)
    false = [one for one in predicted if one.label != "unrelated"]
    print(f"{len(false)} of {len(texts)} ({len(false) / len(texts):.2%}) false alarms: {counts}")
    for one in false[:20]:
        print(f"  {one.label} {one.score:.2f} {one.text[:150]}")


if __name__ == "__main__":
    main()
