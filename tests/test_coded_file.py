import pytest
from conftest import write_jsonl

from stance.coded_file import read_coded
from stance.coders import MISSING
from stance.errors import ConfigError, InputError
from stance.holders import Holder
from stance.labels import LABELS


def read(tmp_path, rows, coders=("anna", "bert"), labels=LABELS, **options):
    return read_coded(write_jsonl(tmp_path / "coded.jsonl", rows), coders, labels, **options)


def test_codes_holders_and_documents(tmp_path):
    rows = [
        {"id": "x", "text": "Kiev wil.", "group": "g", "anna": "favor", "bert": " against",
         "anna_holders": [{"text": "Kiev", "start": 0, "end": 4, "stance": "favor"}],
         "bert_holders": "author: against"},
        {"id": "y", "text": "Kiev wil.", "group": "", "anna": "neutral", "bert": None,
         "anna_holders": '[{"text": "Kiev", "stance": "favor"}]', "bert_holders": None},
    ]  # fmt: skip
    found = read(tmp_path, rows)
    assert found.codes.tolist() == [[0, 1], [2, MISSING]]
    kiev = Holder("Kiev", 0, 4, "favor")
    assert found.holders == [[(kiev,), (Holder("author", None, None, "against"),)], [(kiev,), ()]]
    assert found.documents == ["g", f"{tmp_path}/coded.jsonl: row 2"]
    assert found.document_column == "group"


def test_sentences_of_one_row_of_a_sample_are_of_one_document(tmp_path):
    row = {"text": "Zin.", "anna": "favor", "bert": "favor"}
    rows = [row | {"file": name, "row": i // 2, "sentence_index": i % 2}
            for name in "xy" for i in range(4)]  # fmt: skip
    found = read(tmp_path, rows)
    assert found.document_column == "file and row"
    assert len({*found.documents}) == 4
    assert len({*read(tmp_path, rows, document_column="sentence_index").documents}) == 2


def test_codes_alone_are_enough(tmp_path):
    (tmp_path / "codes.csv").write_text("a;b\npro;con\n;pro\ncon;con\n")
    found = read_coded(tmp_path / "codes.csv", ["a", "b"], ["pro", "con"])
    assert found.codes.tolist() == [[0, 1], [MISSING, 0], [1, 1]]
    assert found.holders is None
    assert [one.id for one in found.tasks] == ["1", "2", "3"]


def test_holders_are_compared_only_where_every_coder_has_them(tmp_path):
    row = {"text": "Zin.", "anna": "favor", "bert": "favor", "anna_holders": []}
    assert read(tmp_path, [row]).holders is None


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        ({}, {"coders": ["anna", "carla"]}, InputError, "no column 'carla'"),
        ({}, {"coders": ["anna"]}, ConfigError, "--coders anna: expected two columns or more"),
        ({"anna": "favour"}, {}, InputError, "'favour' is none of favor, against, neutral"),
        ({}, {"document_column": "krant"}, InputError, "no column 'krant'"),
        ({"anna_holders": "Moskou: favor"}, {}, InputError, "row 1, column 'anna_holders': has "
         "'Moskou', which does not stand in the text"),
        ({"bert": "", "bert_holders": "Kiev: favor"}, {}, InputError, "column 'bert_holders': has "
         "holders, but 'bert' has no label"),
        ({"anna_holders": [3]}, {}, InputError, "row 1, column 'anna_holders': has 3"),
    ],
)  # fmt: skip
def test_what_cannot_be_used(tmp_path, change, options, error, message):
    row = {"text": "Kiev wil.", "anna": "favor", "bert": "favor", "anna_holders": None,
           "bert_holders": None} | change  # fmt: skip
    with pytest.raises(error) as caught:
        read(tmp_path, [row], **options)
    assert message in str(caught.value)


def test_holders_are_not_left_out_where_the_column_of_sentences_is_not_named(tmp_path):
    row = {"zin": "Kiev wil.", "anna": "favor", "bert": "favor"}
    row |= {"anna_holders": "Kiev: favor", "bert_holders": None}
    with pytest.raises(InputError, match=r"no column sentence or text, .* name it with --text-col"):
        read(tmp_path, [row])
    assert read(tmp_path, [row], text_column="zin").holders is not None
