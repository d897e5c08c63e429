import dataclasses

import pytest

from stance.errors import InputError
from training import corpus
from training.corpus import Holder, load_seeds


def test_the_whole_corpus_in_order():
    seeds = load_seeds()
    assert len(seeds) == len({seed.id for seed in seeds})
    assert [seed.slice for seed in seeds] == sorted(seed.slice for seed in seeds)
    with pytest.raises(dataclasses.FrozenInstanceError):
        seeds[0].label = "favor"


def test_holders_are_spans():
    for seed in load_seeds():
        for holder in seed.holders:
            assert isinstance(holder, Holder)
            if holder.text != "author":
                assert seed.text[holder.start : holder.end] == holder.text


def test_one_split_and_one_slice():
    parts = [load_seeds(split) for split in ("train", "validation", "test")]
    assert sum(map(len, parts)) == len(load_seeds())
    assert {seed.split for seed in parts[2]} == {"test"}
    pilot = load_seeds(slice_name="pilot")
    assert pilot
    assert {seed.slice for seed in pilot} == {"pilot"}


def test_a_slice_nobody_wrote():
    with pytest.raises(InputError, match="no slice 'poetry'; there are "):
        load_seeds(slice_name="poetry")


def test_a_package_without_its_corpus(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "SEEDS", tmp_path)
    with pytest.raises(InputError, match="reinstall"):
        load_seeds()
