import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizerFast

from stance.errors import ConfigError, InputError
from training.models import learn_tokenizer
from training.recycling import read_glossary, recycle

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "sanctions", "against", "the", "kremlin"]


@pytest.fixture(scope="module")
def english():
    """A tiny English BERT and its tokenizer."""
    torch.manual_seed(0)
    vocabulary = {word: i for i, word in enumerate(WORDS)}
    tokenizer = BertTokenizerFast(vocab=vocabulary, do_lower_case=True)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=40,
    )
    return BertModel(config), tokenizer


@pytest.fixture(scope="module")
def dutch():
    text = ["De sancties tegen het Kremlin", "sancties tegen Rusland"] * 20
    return learn_tokenizer(text, 320, lowercase=True)


def row(model, tokenizer, token):
    return model.get_input_embeddings().weight[tokenizer.convert_tokens_to_ids(token)]


def test_tokens_start_as_the_mean_of_their_translation(english, dutch):
    source, old = english
    model = recycle(source, old, dutch, {"sancties": "sanctions", "tegen": "against the"})
    rows = source.embeddings.word_embeddings.weight
    assert torch.equal(row(model, dutch, "Ġsancties"), rows[5])
    assert torch.allclose(row(model, dutch, "Ġtegen"), (rows[6] + rows[7]) / 2)
    # Without an entry a token starts as its own letters, and special tokens as their likes.
    assert torch.equal(row(model, dutch, "Ġkremlin"), rows[8])
    assert torch.equal(row(model, dutch, "<mask>"), rows[4])
    assert torch.equal(row(model, dutch, "<s>"), rows[2])
    assert row(model, dutch, "<pad>").abs().sum() == 0


def test_layers_compute_what_they_did(english, dutch):
    """The same rows in give the same states out: positions and types are carried over."""
    source, old = english
    glossary = {"sancties": "sanctions", "tegen": "against", "het": "the", "kremlin": "kremlin"}
    model = recycle(source, old, dutch, glossary).eval()
    ids = dutch("sancties tegen het kremlin", return_tensors="pt")
    there = old("sanctions against the kremlin", return_tensors="pt")
    with torch.no_grad():
        new_states = model.roberta(**ids).last_hidden_state
        old_states = source.eval()(**there).last_hidden_state
    assert torch.allclose(new_states, old_states, atol=1e-5)


def test_a_roberta_is_recycled_too(robbert_folder, dutch):
    from transformers import AutoModel, AutoTokenizer

    source = AutoModel.from_pretrained(robbert_folder)
    old = AutoTokenizer.from_pretrained(robbert_folder)
    model = recycle(source, old, dutch, {})
    assert model.config.max_position_embeddings == 514
    same = source.encoder.state_dict()
    assert all(torch.equal(same[k], v) for k, v in model.roberta.encoder.state_dict().items())


def test_another_architecture_is_refused(english, dutch):
    class Other:
        config = type("Config", (), {"model_type": "t5"})()

    with pytest.raises(ConfigError, match="a t5 model; expected one of bert, roberta"):
        recycle(Other(), english[1], dutch, {})


class TestGlossary:
    def test_reads_words_and_parts(self, tmp_path):
        (tmp_path / "g.tsv").write_text("sancties\tsanctions\n+heid\tness\n", "utf-8")
        assert read_glossary(tmp_path / "g.tsv") == {"sancties": "sanctions", "+heid": "ness"}

    @pytest.mark.parametrize("line", ["sancties", "a\tb\tc", "\tb", "a\t", ""])
    def test_a_bad_line_is_named(self, tmp_path, line):
        (tmp_path / "g.tsv").write_text(f"sancties\tsanctions\n{line}\nx\ty\n", "utf-8")
        with pytest.raises(InputError, match=r"g\.tsv:2: .* expected `woord<TAB>translation`"):
            read_glossary(tmp_path / "g.tsv")

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(InputError, match=r"weg\.tsv: cannot be read"):
            read_glossary(tmp_path / "weg.tsv")
