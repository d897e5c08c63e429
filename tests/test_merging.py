import pytest

from stance.annotation.marks import Mark, Span
from stance.annotation.merging import merge
from stance.annotation.tasks import read_tasks
from stance.errors import ConfigError, InputError
from stance.labels import LABELS


def mark(coder, key, label, text="Kiev wil sancties.", **more):
    return Mark(f"{coder}.x: row {key}", coder, key, text, (label,) if label else (), **more)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "todo.csv"
    rows = "".join(f"{i},Kiev wil sancties.,,0.5\n" for i in (1, 2, 3))
    path.write_text(f"id,sentence,gold,inclusion_probability\n{rows}", "utf-8")
    return read_tasks(path)


def test_one_table_with_a_column_a_coder(source):
    span = Span(0, 4, "favor", "Kiev")
    marks = [
        mark("7", "2", "favor", spans=(span,)),
        mark("bert", "2", "against"),
        mark("bert", "1", "neutral"),
        mark("bert", "3", ""),
        mark("7", "1", "", skipped=True),
    ]
    found = merge(marks, LABELS, source, {"7": "anna"})
    assert found.coders == ["anna", "bert"]
    own = ["id", "sentence", "gold", "inclusion_probability"]
    assert found.columns == [*own, "anna", "anna_holders", "bert", "bert_holders"]
    assert [one["id"] for one in found.records] == ["1", "2", "3"]
    assert [one["anna"] for one in found.records] == ["", "favor", ""]
    assert [one["bert"] for one in found.records] == ["neutral", "against", ""]
    assert [one["anna_holders"] for one in found.records] == [
        None, [{"text": "Kiev", "start": 0, "end": 4, "stance": "favor"}], None,
    ]  # fmt: skip
    assert found.records[0]["bert_holders"] == []
    assert found.records[0]["inclusion_probability"] == "0.5"
    assert (found.coded, found.skipped) == ({"anna": 1, "bert": 2}, {"anna": 1, "bert": 1})
    assert found.uncoded == ["3"]


def test_without_the_source_sentences_are_those_of_the_tool():
    found = merge([mark("b", "9", "favor", context="Wie?"), mark("a", "9", "favor")], LABELS)
    assert found.columns == ["id", "context", "text", "a", "a_holders", "b", "b_holders"]
    assert found.records[0]["context"] == "Wie?"
    with pytest.raises(InputError, match=r"the text was changed: 'Iets\.', expected 'Kiev wil"):
        merge([mark("b", "9", "favor"), mark("a", "9", "favor", "Iets.")], LABELS)


def test_an_annotation_that_says_the_same_twice_counts_once(source):
    found = merge([mark("a", "1", "favor"), mark("a", "1", "favor")], LABELS, source)
    assert (found.doubled, found.coded["a"]) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (mark("a", "1", "against"), "a.x: row 1, coder a: codes '1' once more and otherwise than "
         "at a.x: row 1; delete one of the two"),
        (mark("a", "4", "favor"), "the sentence_id '4' is none of the file that was exported"),
        (mark("a", "", "favor"), "has no sentence_id; was the file imported that"),
        (mark("", "2", "favor"), "does not say who coded it"),
        (mark("a", "2", "favour"), "'favour' is none of favor, against, neutral, unrelated; did"),
        (mark("a", "2", "favor", "Anders."), "the text was changed"),
        (mark("a", "2", "favor", fault="broken"), "a.x: row 2, coder a: broken"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_an_error_that_says_where(source, wrong, message):
    with pytest.raises(InputError) as caught:
        merge([mark("a", "1", "favor"), wrong], LABELS, source)
    assert str(caught.value).startswith("1 fault in what coders did; correct them in the tool")
    assert message in str(caught.value)


def test_all_faults_are_counted_and_the_first_listed(source):
    with pytest.raises(InputError) as caught:
        merge([mark("a", str(i), "favor") for i in range(50)], LABELS, source)
    text = str(caught.value)
    assert text.startswith("47 faults in what coders did")
    assert text.count("\n") == 21
    assert text.endswith("... and 27 more")


def test_files_that_nobody_coded(source):
    with pytest.raises(InputError, match="no coder has coded a sentence"):
        merge([mark("a", "1", "")], LABELS, source)


@pytest.mark.parametrize("name", ["id", "sentence", "x,y", "x\ny", " x"])
def test_a_name_that_cannot_be_a_column(source, name):
    with pytest.raises(ConfigError, match="call him otherwise with --names"):
        merge([mark(name, "1", "favor")], LABELS, source)


def test_a_coder_called_as_the_holders_of_another(source):
    marks = [mark("anna", "1", "favor"), mark("anna_holders", "1", "favor")]
    with pytest.raises(ConfigError, match="is a column"):
        merge(marks, LABELS, source)
