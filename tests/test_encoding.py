import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing
from transformers import AutoTokenizer

from stance.encoding import Encoded, Encoder, pad, plan_batches
from stance.errors import ModelError

LENGTHS = st.lists(st.integers(1, 600), max_size=200)


@pytest.fixture(scope="module")
def encoder(robbert_folder):
    return Encoder.from_folder(robbert_folder, 32)


@pytest.fixture(scope="module")
def reference(robbert_folder):
    return AutoTokenizer.from_pretrained(robbert_folder)


def test_ids_equal_those_of_transformers(encoder, reference):
    texts = ["De sancties blijven.", "", "Één café!", "  dubbele  spaties "]
    for text, one in zip(texts, encoder.encode(texts), strict=True):
        assert list(one.ids) == reference(text)["input_ids"]
        assert not one.truncated


def test_a_pair_is_built_as_the_tokenizer_builds_it(encoder, reference):
    (one,) = encoder.encode(["De sancties blijven."], ["Gisteren."])
    assert list(one.ids) == reference("De sancties blijven.", "Gisteren.")["input_ids"]
    (alone,) = encoder.encode(["De sancties blijven."], [""])
    assert alone == encoder.encode(["De sancties blijven."])[0]


def test_the_context_is_cut_before_the_text_and_kept_from_its_end(encoder):
    text = "De minister wil de sancties verlengen."
    (alone,) = encoder.encode([text])
    (pair,) = encoder.encode([text], ["eerste " * 50 + "laatste"])
    assert len(pair.ids) == 32
    assert pair.ids[: len(alone.ids)] == alone.ids
    (short,) = encoder.encode([text], ["laatste"])
    assert pair.ids[-4:] == short.ids[-4:]
    assert not pair.truncated


def test_a_text_too_long_keeps_its_head_and_says_so(encoder):
    text = "sancties " * 100
    (one,) = encoder.encode([text], ["context"])
    (alone,) = encoder.encode([text])
    assert one == alone
    assert one.truncated
    assert len(one.ids) == 32
    (head,) = encoder.encode([text[:90]])
    assert one.ids[:10] == head.ids[:10]


def test_a_text_of_two_megabytes_is_read_by_its_head_only(encoder):
    (one,) = encoder.encode(["a" * 2_000_000])
    assert one.truncated
    (spaces,) = encoder.encode([" " * 5_000 + "sancties"])
    assert spaces.ids == encoder.encode([" " * 5_000 + "sancties"])[0].ids


def test_special_tokens_in_a_text_are_plain_characters(encoder, reference):
    (one,) = encoder.encode(["</s> <mask>"])
    special = {reference.sep_token_id, reference.mask_token_id}
    assert not special & set(one.ids[1:-1])


@pytest.fixture(params=["roberta", "template"])
def either(request, robbert_folder):
    """An encoder with the post-processor of RoBERTa, and with one as BERT and DeBERTa have."""
    tokenizer = Tokenizer.from_file(str(robbert_folder / "tokenizer.json"))
    if request.param == "template":
        tokenizer.post_processor = TemplateProcessing(
            single="<s> $A </s>",
            pair="<s> $A </s> $B:1 </s>:1",
            special_tokens=[("<s>", 0), ("</s>", 3)],
        )
    return Encoder(tokenizer, 32, 1)


def test_the_place_of_every_token(either):
    text, context = "U en ik: sancties.", "Één, o ja."
    (one,) = either.encode([text], [context])
    places = either.places(text, context)
    assert len(places) == len(one.ids)
    assert next(i for i, place in enumerate(places) if place is None) == 0
    for source, in_context in ((text, False), (context, True)):
        own = [place for place in places if place and place.in_context == in_context]
        assert [(place.start, place.end) for place in own] == either.offsets(source)


def test_places_in_a_context_that_is_cut(either):
    text, context = "De sancties blijven.", "eerste " * 500 + "minister Mali"
    (one,) = either.encode([text], [context])
    places = [place for place in either.places(text, context) if place]
    assert len(either.places(text, context)) == len(one.ids) == 32
    last = places[-1]
    assert last.in_context
    assert last.end == len(context)
    assert "Mali".endswith(context[last.start : last.end].strip())


@pytest.mark.parametrize("text", ["", "sancties " * 100])
def test_places_of_nothing_and_of_too_much(encoder, text):
    (one,) = encoder.encode([text], ["context"])
    places = encoder.places(text, "context")
    assert len(places) == len(one.ids)
    assert not any(place.in_context for place in places if place) or not text


@given(LENGTHS, st.integers(1, 4000))
def test_batches_hold_every_input_once_within_the_budget(lengths, max_tokens):
    batches = [*plan_batches(lengths, max_tokens)]
    assert sorted(i for batch in batches for i in batch) == [*range(len(lengths))]
    for batch in batches:
        longest = max(lengths[i] for i in batch)
        assert len(batch) == 1 or len(batch) * longest <= max_tokens


@given(LENGTHS.filter(lambda lengths: len(lengths) > 1))
def test_batches_go_from_long_to_short(lengths):
    order = [lengths[i] for batch in plan_batches(lengths, 500) for i in batch]
    assert order == sorted(lengths, reverse=True)


def test_pad():
    arrays = pad([Encoded((5, 6, 7), (0, 0, 1), False), Encoded((8,), (0,), False)], pad_id=9)
    assert arrays["input_ids"].tolist() == [[5, 6, 7], [8, 9, 9]]
    assert arrays["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
    assert arrays["token_type_ids"].tolist() == [[0, 0, 1], [0, 0, 0]]
    assert {one.dtype for one in arrays.values()} == {np.dtype(np.int64)}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("tokenizer.json", None, "no tokenizer.json"),
        ("tokenizer.json", "{", "damaged"),
        ("tokenizer_config.json", None, "no tokenizer_config.json"),
        ("tokenizer_config.json", "{}", "pad_token is None"),
        ("tokenizer_config.json", json.dumps({"pad_token": "<nergens>"}), "two different models"),
    ],
)
def test_a_damaged_tokenizer_is_explained(robbert_folder, tmp_path, name, content, message):
    folder = tmp_path / "model"
    shutil.copytree(robbert_folder, folder)
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_text(content, "utf-8")
    with pytest.raises(ModelError, match=message):
        Encoder.from_folder(folder, 32)


def test_a_tokenizer_that_adds_more_than_fits(robbert_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(robbert_folder, folder)
    path = folder / "tokenizer.json"
    content = json.loads(path.read_text("utf-8"))
    start = {"SpecialToken": {"id": "<s>", "type_id": 0}}
    text, context = ({"Sequence": {"id": one, "type_id": 0}} for one in "AB")
    content["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [start, text],
        "pair": [start] * 40 + [text, context],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}},
    }
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(ModelError, match="adds 40 special tokens"):
        Encoder.from_folder(folder, 32)


def test_a_tokenizer_of_a_larger_model(robbert_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(robbert_folder, folder)
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"vocab_size": 50}), "utf-8")
    with pytest.raises(ModelError, match=r"knows 50; the files are of two different models"):
        Encoder.from_folder(folder, 32)


def test_a_tokenizer_that_contradicts_itself(tmp_path):
    case = Path(__file__).parent / "fuzz" / "cases" / "tokenizer" / "without-unknown-token.json"
    shutil.copy(case, tmp_path / "tokenizer.json")
    (tmp_path / "tokenizer_config.json").write_text('{"pad_token": "<pad>"}', "utf-8")
    (tmp_path / "config.json").write_text("{}", "utf-8")
    with pytest.raises(
        ModelError, match=r"tokenizer\.json: fails on a text \(WordLevel error: Mis"
    ):
        Encoder.from_folder(tmp_path, 16)
