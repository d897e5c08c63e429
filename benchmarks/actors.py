"""How much of our corpus the table of actors knows, and how fast it reads; docs/actors.md.

python benchmarks/actors.py [--misses 30]
"""

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from stance.actors import ActorTable
from training.corpus import Seed, load_seeds


def main() -> None:
    """Print the figures, and with ``--misses`` the most frequent names that are not known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", type=int, default=0, help="how many unknown names to list")
    n_misses = parser.parse_args().misses
    table, seeds = ActorTable.load(), load_seeds()

    def is_known(name: str) -> bool:
        return table.canonical(name) in table.actors

    spans = [one.text for seed in seeds for one in seed.holders if one.text != "author"]
    names = [span for span in spans if _holds_a_name(span)]
    for title, these in (("holder spans", spans), ("those with a name in them", names)):
        print(f"{title}: {len(these)}, of a known actor {_share(is_known, these):.3f}")

    targets = [seed for seed in seeds if seed.target]
    share = _share(lambda seed: _is_mentioned(table, seed), targets)
    print(f"rows with a target: {len(targets)}, named in sentence or context {share:.3f}")

    print(f"a sentence of 25 words: {_microseconds(table, seeds):.0f} microseconds")
    if n_misses:
        unknown = Counter(name for name in names if not is_known(name))
        missed = Counter(seed.target for seed in targets if not _is_mentioned(table, seed))
        for title, names_of in (("names", unknown), ("targets", missed)):
            print(f"{title}:", *(f"{name} ({n})" for name, n in names_of.most_common(n_misses)))


def _holds_a_name(span: str) -> bool:
    """Whether a span has a capital behind its first word, or is one word with a capital."""
    first, *others = span.split()
    return any(word[0].isupper() for word in others) or (
        not others and first[0].isupper() and first not in ("Hij", "Zij", "Ze", "U", "Wij", "We")
    )


def _is_mentioned(table: ActorTable, seed: Seed) -> bool:
    """Whether sentence and context name every party of the target."""
    parts = re.split(r", | en (?:de )?", seed.target)
    parties = [seed.target] if seed.target in table.actors else map(table.canonical, parts)
    texts = (seed.text, seed.context)
    return {one.actor for text in texts for one in table.mentions(text)}.issuperset(parties)


def _share(holds: Callable[[Any], bool], items: Sequence[Any]) -> float:
    return sum(map(holds, items)) / len(items)


def _microseconds(table: ActorTable, seeds: Sequence[Seed]) -> float:
    """Processor time of a sentence of 23 to 27 words, best of five runs."""
    texts = [seed.text for seed in seeds if 23 <= len(seed.text.split()) <= 27]
    runs = []
    for _ in range(5):
        start = time.process_time()
        for text in texts:
            table.mentions(text)
        runs.append(time.process_time() - start)
    return min(runs) / len(texts) * 1e6


if __name__ == "__main__":
    main()
