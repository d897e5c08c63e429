"""Files as the appendix "WebAnno TSV 3.3" of INCEpTION's user guide documents them, by hand."""

import pytest

from stance.annotation.inception import export_tasks, read_marks, setup
from stance.annotation.marks import UTF16, Span
from stance.annotation.tasks import Task
from stance.errors import InputError

HEAD = """#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue
#T_SP=webanno.custom.Holder|side
#T_SP=webanno.custom.Stance|author|label


"""
EXPORT = (
    HEAD
    + """#Sentence.id=3-0:context
#Text=Wie wil het?
1-1\t0-3\tWie\tPRON\t_\t_\t_\t
1-2\t4-7\twil\t_\t_\t_\t_\t
1-3\t8-12\thet?\t_\t_\t_\t_\t

#Sentence.id=3-0
#Text=😊 Den Haag wel, Moskou\\; \\[niet\\].
2-1\t13-15\t😊\t_\t_\t*[4]\tfavor[4]\t
2-2\t16-19\tDen\tN\tfavor[1]\t*[4]\tfavor[4]\t
2-3\t20-24\tHaag\tN\tfavor[1]|against[2]\t*[4]\tfavor[4]\t
2-4\t25-28\twel\t_\t_\t*[4]\tfavor[4]\t
2-4.1\t25-27\twe\t_\tagainst\t_\t_\t
2-5\t30-36\tMoskou\t_\tagainst\t*[4]\tfavor[4]\t

#Sentence.id=3-1
#Text=Eerste regel
#Text=tweede.
3-1\t47-53\tEerste\t_\t_\tagainst\tagainst\t
"""
)


def marks(tmp_path, text):
    (tmp_path / "anna.tsv").write_text(text, "utf-8")
    return [*read_marks(tmp_path / "anna.tsv")]


def test_layers_tokens_and_numbers(tmp_path):
    first, second = marks(tmp_path, EXPORT)
    assert (first.coder, first.id) == ("anna", "3-0")
    assert first.text == "😊 Den Haag wel, Moskou; [niet]."
    assert (first.labels, first.author, first.fault) == (("favor",), (), "")
    assert first.spans == (
        Span(3, 11, "favor", None, UTF16),
        Span(7, 11, "against", None, UTF16),
        Span(12, 14, "against", None, UTF16),
        Span(17, 23, "against", None, UTF16),
    )
    assert second.text == "Eerste regel\ntweede."
    assert (second.labels, second.author) == (("against",), ("against",))
    assert second.place.endswith("anna.tsv:22")


def test_line_ends_of_windows(tmp_path):
    (tmp_path / "anna.tsv").write_bytes(EXPORT.replace("\n", "\r\n").encode())
    assert [one.id for one in read_marks(tmp_path / "anna.tsv")] == ["3-0", "3-1"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("#T_SP=webanno.custom.Stance|author|label", "#T_SP=webanno.custom.X|author|label",
         "no layer webanno.custom.Stance with the feature label"),
        ("#Sentence.id=3-0\n", "", "the sentence has no id"),
        ("2-1\t13-15", f"2-1\t13-{'9' * 5000}", "line 15: the place of the token is '13-999"),
        ("2-1\t13-15", "2-1\t13", "line 15: the place of the token is '13', expected 0-4"),
        ("wil\t_\t_\t_\t_", "wil\t_\tfavor\t_\t_", "a sentence that is only there to be read was "
         "coded"),
    ],
)  # fmt: skip
def test_what_cannot_be_used(tmp_path, old, new, fault):
    assert old in EXPORT
    assert fault in " ".join(one.fault for one in marks(tmp_path, EXPORT.replace(old, new)))


def test_two_labels_in_one_sentence_are_seen(tmp_path):
    text = EXPORT.replace("wel\t_\t_\t*[4]\tfavor[4]", "wel\t_\t_\t*[5]\tneutral[5]")
    assert marks(tmp_path, text)[0].labels == ("favor", "neutral")


def test_a_file_of_another_kind(tmp_path):
    with pytest.raises(InputError, match=r"anna.tsv:1: 'id.*expected #FORMAT=WebAnno TSV 3.3"):
        marks(tmp_path, "id\ttext\n")


def test_sentences_with_their_contexts_and_places():
    text = export_tasks([Task("1", " 😊 a_b "), Task("2", "C", "D.")], "")
    assert text == (
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Stance|author|label\n"
        "#T_SP=webanno.custom.Holder|side\n\n\n"
        "#Sentence.id=1\n#Text=😊 a\\_b\n1-1\t0-2\t😊\t_\t_\t_\t\n1-2\t3-6\ta\\_b\t_\t_\t_\t\n\n"
        "#Sentence.id=2:context\n#Text=D.\n2-1\t7-8\tD\t_\t_\t_\t\n2-2\t8-9\t.\t_\t_\t_\t\n\n"
        "#Sentence.id=2\n#Text=C\n3-1\t10-11\tC\t_\t_\t_\t\n"
    )


def test_every_annotation_has_a_number_of_its_own():
    text = export_tasks([Task("1", "A", label="favor"), Task("2", "B", label="favor")], "")
    assert "favor[1]" in text
    assert "favor[2]" in text


def test_the_layers_are_told():
    (told,) = setup(["pro", "contra"]).values()
    for part in ("webanno.custom.Stance", "webanno.custom.Holder", '"label"', "pro, contra"):
        assert part in told
