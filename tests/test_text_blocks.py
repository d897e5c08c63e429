import gzip
import lzma

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.errors import InputError
from training.corpus import load_seeds
from training.text_blocks import (
    IGNORED,
    MaskedBlocks,
    is_packed,
    map_blocks,
    pack,
    read_lines,
    word_starts,
)

LINES = [f"De Kamer sprak {n} uur over de sancties tegen Rusland." for n in range(200)]


@pytest.fixture(scope="module")
def tokenizer(robbert_folder):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(robbert_folder)


@pytest.fixture(scope="module")
def blocks(tokenizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("blocks")
    pack(LINES, tokenizer, folder)
    return map_blocks(folder, 16)


def masked(blocks, tokenizer, n_inputs, seed=1, share=0.3):
    return MaskedBlocks(
        blocks.ids, n_inputs, tokenizer, word_starts(tokenizer, len(tokenizer)), share, seed
    )


class TestReadLines:
    def test_plain_and_compressed_files_give_the_same_lines(self, tmp_path):
        text = "Één regel.\n\n  Nog een.  \n"
        (tmp_path / "a.txt").write_text(text, "utf-8")
        with gzip.open(tmp_path / "a.txt.gz", "wt", encoding="utf-8") as file:
            file.write(text)
        with lzma.open(tmp_path / "a.txt.xz", "wt", encoding="utf-8") as file:
            file.write(text)
        for path in sorted(tmp_path.iterdir()):
            assert list(read_lines([str(path)])) == ["Één regel.", "Nog een."]

    def test_seeds_give_training_texts_only_each_once(self):
        lines = list(read_lines(["seeds"]))
        assert len(lines) == len(set(lines)) > 1000
        held_out = {seed.text for seed in load_seeds() if seed.split != "train"}
        assert not held_out & set(lines)

    def test_a_line_without_end_is_cut(self, tmp_path):
        (tmp_path / "a.txt").write_text("a" * 250_000, "utf-8")
        assert [len(line) for line in read_lines([str(tmp_path / "a.txt")])] == [
            100_000,
            100_000,
            50_000,
        ]

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("a.txt", "één\n".encode("latin-1"), "not UTF-8 after line 0"),
            ("a.txt.xz", b"geen xz", "damaged"),
            ("a.txt.gz", b"geen gzip", "damaged"),
            ("a.txt.gz", gzip.compress(b"regel\n" * 9999, mtime=0)[:40], "damaged"),
        ],
    )
    def test_a_bad_file_is_named(self, tmp_path, name, content, message):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=message) as caught:
            list(read_lines([str(tmp_path / name)]))
        assert name in str(caught.value)

    def test_a_missing_file_is_named(self):
        with pytest.raises(InputError, match=r"weg\.txt: cannot be read"):
            list(read_lines(["weg.txt"]))


class TestPack:
    def test_blocks_hold_the_text_in_order(self, blocks, tokenizer):
        text = tokenizer.decode(blocks.ids.reshape(-1))
        lines = [line.strip() for line in text.split(tokenizer.sep_token)]
        assert lines[:-1] == LINES[: len(lines) - 1]
        assert blocks.ids.shape[1] == 15

    def test_same_text_same_digest(self, blocks, tokenizer, tmp_path):
        assert not is_packed(tmp_path)
        pack(iter(LINES), tokenizer, tmp_path)
        assert is_packed(tmp_path)
        assert map_blocks(tmp_path, 16).sha256 == blocks.sha256

    def test_too_little_text_says_how_much_is_wanted(self, tokenizer, tmp_path):
        pack(LINES[:1], tokenizer, tmp_path)
        with pytest.raises(InputError, match="expected at least 310"):
            map_blocks(tmp_path, 32)


class TestMaskedBlocks:
    @given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.95))
    def test_labels_restore_the_block_and_words_are_hidden_whole(
        self, blocks, tokenizer, seed, share
    ):
        data = masked(blocks, tokenizer, len(blocks.ids), seed, share)
        starts = word_starts(tokenizer, len(tokenizer))
        one = data[0]
        hidden = one["labels"] != IGNORED
        restored = np.where(hidden, one["labels"], one["input_ids"])
        assert restored[0] == tokenizer.cls_token_id
        assert any((restored[1:] == block).all() for block in blocks.ids)
        inside = ~starts[restored]  # goes with the token before it
        ordinary = ~np.isin(restored, tokenizer.all_special_ids)
        same = hidden[1:] == hidden[:-1]
        assert same[inside[1:] & ordinary[:-1]].all()
        assert not hidden[~ordinary].any()

    def test_a_place_is_the_same_however_long_the_run(self, blocks, tokenizer):
        short, long = masked(blocks, tokenizer, 50), masked(blocks, tokenizer, 500)
        for place in (49, 0, 17):
            for name in ("input_ids", "labels"):
                assert (short[place][name] == long[place][name]).all()

    def test_every_pass_sees_every_block_in_another_order(self, blocks, tokenizer):
        n = len(blocks.ids)
        data = masked(blocks, tokenizer, 2 * n)

        def restored(place):
            one = data[place]
            return tuple(np.where(one["labels"] == IGNORED, one["input_ids"], one["labels"])[1:])

        first = [restored(place) for place in range(n)]
        second = [restored(place) for place in range(n, 2 * n)]
        assert sorted(first) == sorted(second) == sorted(map(tuple, blocks.ids.tolist()))
        assert first != second

    def test_shares_are_as_told(self, blocks, tokenizer):
        data = masked(blocks, tokenizer, len(blocks.ids), share=0.3)
        ids = np.stack([data[i]["input_ids"] for i in range(len(data))])
        labels = np.stack([data[i]["labels"] for i in range(len(data))])
        hidden = labels != IGNORED
        assert 0.25 < hidden.mean() < 0.35
        shown_mask = (ids == tokenizer.mask_token_id) & hidden
        assert 0.75 < shown_mask.sum() / hidden.sum() < 0.85
        assert 0.05 < ((ids == labels) & hidden).sum() / hidden.sum() < 0.16


def test_word_starts_by_kind_of_tokenizer(tokenizer):
    class WordPiece:
        all_special_ids = (0,)

        def __len__(self):
            return 4

        def convert_ids_to_tokens(self, _ids):
            return ["[CLS]", "san", "##ctie", "."]

    assert word_starts(WordPiece(), 5).tolist() == [True, True, False, True, True]
    starts = word_starts(tokenizer, len(tokenizer))
    ids = tokenizer("De sancties.", add_special_tokens=False)["input_ids"]
    tokens = tokenizer.convert_ids_to_tokens(ids)
    assert next(t for t, i in zip(tokens, ids, strict=True) if starts[i]).startswith("Ġ")
    assert starts[ids[-1]]
