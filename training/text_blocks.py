"""Text files as packed blocks of token ids, and the hiding of words in them.

The ids lie in one file on disk that is mapped into memory, so a corpus may be larger than
memory. Which block comes at which place of a run, and which words are hidden in it, follows
from the seed and the place alone: a run that goes on after a kill sees what it would have seen.
"""

import gzip
import hashlib
import json
import lzma
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from stance.errors import InputError
from stance.model_folder import read_json
from stance.writers import write_text
from training.corpus import load_seeds

Ids = NDArray[np.int32]

IGNORED: Final = -100
"""The label of a position that is not hidden; losses pass over it."""
_IDS: Final = "ids.bin"
_SUMMARY: Final = "ids.json"
_FEWEST_BLOCKS: Final = 10
_LINES_AT_ONCE: Final = 2000
_LONGEST_LINE: Final = 100_000
"""Characters; a longer line is cut there, so that one line without an end stays bounded."""


def read_lines(files: Sequence[str]) -> Iterator[str]:
    """Yield the lines of text files that hold more than white space, without their ends.

    Args:
        files: paths of .txt, .txt.gz or .txt.xz files in UTF-8, or ``seeds`` for the texts
            and contexts of our training split.

    Raises:
        InputError: if a file is missing, unreadable, damaged or not UTF-8.
    """
    for name in files:
        if name == "seeds":
            yield from _seed_lines()
        else:
            yield from _file_lines(Path(name))


def _seed_lines() -> Iterator[str]:
    """Texts and contexts of the training split, less the formulas that the others hold too."""
    seeds = load_seeds()
    held_out = {seed.text for seed in seeds if seed.split != "train"}
    training = (seed for seed in seeds if seed.split == "train")
    lines = (text for seed in training for text in (seed.context, seed.text) if text)
    yield from dict.fromkeys(line for line in lines if line not in held_out)


def _file_lines(path: Path) -> Iterator[str]:
    number = 0
    try:
        with _open(path) as file:
            while line := file.readline(_LONGEST_LINE):
                number += 1
                if line := line.strip():
                    yield line
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8 after line {number}; convert it first.") from None
    except (EOFError, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: damaged after line {number} ({error}).") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from None


def _open(path: Path) -> IO[str]:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


@dataclass(frozen=True)
class Blocks:
    """A packed corpus on disk."""

    ids: Ids
    """(blocks, block_length - 1); each block gets its start token when it is read."""
    sha256: str
    """Digest of all token ids, those of an unfilled last block included."""


def pack(lines: Iterable[str], tokenizer: Any, folder: Path) -> None:
    """Write the token ids of `lines` into `folder`, for `map_blocks`.

    Args:
        lines: the text; every line ends in the separator.
        tokenizer: a fast `transformers` tokenizer.
        folder: where ``ids.bin`` and, last, ``ids.json`` are written.
    """
    lines, n_ids, digest = iter(lines), 0, hashlib.sha256()
    with (folder / _IDS).open("wb") as file:
        while some := list(islice(lines, _LINES_AT_ONCE)):
            encoded = tokenizer(some, add_special_tokens=False, verbose=False)["input_ids"]
            flat = [i for ids in encoded for i in (*ids, tokenizer.sep_token_id)]
            data = np.asarray(flat, dtype=np.int32).tobytes()
            digest.update(data)
            file.write(data)
            n_ids += len(flat)
    write_text(folder / _SUMMARY, json.dumps({"ids": n_ids, "sha256": digest.hexdigest()}))


def is_packed(folder: Path) -> bool:
    """Whether `pack` has finished in `folder`."""
    return (folder / _SUMMARY).exists()


def map_blocks(folder: Path, length: int) -> Blocks:
    """Map what `pack` wrote as blocks of `length` tokens, the start token included.

    Raises:
        InputError: if the text fills fewer than ten blocks.
    """
    summary, width = read_json(folder / _SUMMARY), length - 1
    n_blocks = summary["ids"] // width
    if n_blocks < _FEWEST_BLOCKS:
        raise InputError(
            f"data.files: {summary['ids']} tokens, expected at least {_FEWEST_BLOCKS * width} "
            f"({_FEWEST_BLOCKS} blocks of {length}); give more text or a shorter "
            "training.block_length."
        )
    ids = np.memmap(folder / _IDS, dtype=np.int32, mode="r", shape=(n_blocks * width,))
    return Blocks(ids.reshape(n_blocks, width), summary["sha256"])


class MaskedBlocks:
    """A run's inputs in their order, each with words hidden; a map-style torch dataset."""

    def __init__(
        self,
        ids: Ids,
        n_inputs: int,
        tokenizer: Any,
        starts_word: NDArray[np.bool_],
        masked_share: float,
        seed: int,
    ) -> None:
        """Lay out `n_inputs` inputs over as many passes as they take.

        Args:
            ids: (blocks, width).
            n_inputs: length of the run.
            tokenizer: gives the start, mask and special ids.
            starts_word: (vocabulary,), from `word_starts`.
            masked_share: share of the words to hide.
            seed: of order and masks.
        """
        self._ids, self._n_inputs, self._seed = ids, n_inputs, seed
        self._start, self._mask = tokenizer.cls_token_id, tokenizer.mask_token_id
        self._special = np.zeros(len(starts_word), dtype=bool)
        self._special[tokenizer.all_special_ids] = True
        self._starts_word, self._share = starts_word, masked_share
        self._order: tuple[int, NDArray[np.int64]] | None = None

    def __len__(self) -> int:
        return self._n_inputs

    def __getitem__(self, place: int) -> dict[str, NDArray[np.int64]]:
        block = self._ids[self._block(place)]
        ids = np.concatenate([[self._start], block]).astype(np.int64)
        rng = np.random.default_rng((self._seed, place))
        return dict(zip(("input_ids", "labels"), self._hide(ids, rng), strict=True))

    def _block(self, place: int) -> int:
        """The block at a place: every pass has an order of its own."""
        epoch, i = divmod(place, len(self._ids))
        if self._order is None or self._order[0] != epoch:
            rng = np.random.default_rng((self._seed, epoch, 0))
            self._order = epoch, rng.permutation(len(self._ids))
        return int(self._order[1][i])

    def _hide(
        self, ids: NDArray[np.int64], rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Hide whole words: 80 % become the mask, 10 % another token, 10 % stay.

        Source: Devlin et al. 2019 (BERT); whole words as in its later release.
        """
        words = np.cumsum(self._starts_word[ids])
        hidden = (rng.random(words[-1] + 1) < self._share)[words] & ~self._special[ids]
        labels = np.where(hidden, ids, IGNORED)
        fate = rng.random(len(ids))
        other = rng.integers(0, len(self._starts_word), len(ids))
        shown = np.where(hidden & (fate < 0.8), self._mask, ids)
        shown = np.where(hidden & (fate >= 0.9), other, shown)
        return shown, labels


def word_starts(tokenizer: Any, size: int) -> NDArray[np.bool_]:
    """Tell which tokens begin a word, for byte-level BPE, SentencePiece and WordPiece.

    Args:
        tokenizer: a fast `transformers` tokenizer.
        size: rows of the model's vocabulary, at least that of the tokenizer.
    """
    tokens = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    starts = np.ones(size, dtype=bool)
    wordpiece = any(token.startswith("##") for token in tokens)
    for i, token in enumerate(tokens):
        if wordpiece:
            starts[i] = not token.startswith("##")
        else:
            starts[i] = token[0] in "Ġ▁" or not token[0].isalnum()
    starts[tokenizer.all_special_ids] = True
    return starts
