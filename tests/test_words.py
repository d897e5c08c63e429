import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.groups import FROM_DATE
from stance.labels import LABELS
from stance.population import Of
from stance.report.provenance import COUNTED
from stance.report.reliability import Missing, Source
from stance.report.study import TARGET
from stance.report.words import Words, as_name, legible


def test_both_languages_say_the_same_things():
    dutch, english = Words("nl").texts, Words("en").texts
    assert [*dutch] == [*english]
    for key, text in dutch.items():
        assert text
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", english[key])), key
        assert text.count("`") == english[key].count("`"), key


@pytest.mark.parametrize(
    ("language", "count", "percent", "label"),
    [("nl", "1.240", "43,2\u00a0%", "tegen"), ("en", "1,240", "43.2\u00a0%", "against")],
)
def test_numbers_and_labels_are_of_the_language(language, count, percent, label):
    words = Words(language)
    assert words.count(1240) == count
    assert words.percent(0.4321) == percent
    assert words.label("against") == label
    assert words.label("eigen label") == "eigen label"
    assert words("n_sentences", n=1240).startswith(count)


def test_the_writer_has_a_name_and_others_keep_theirs():
    assert Words("nl").actor("author") == "de schrijver"
    assert Words("nl").actor("Rusland") == "Rusland"
    assert all(Words("nl").label(name) != name for name in LABELS)


def test_braces_of_others_are_text():
    assert Words("en")("party", name="{n} {0}") == "party: {n} {0}"


@given(st.text())
def test_names_are_one_legible_line_of_bounded_length(text):
    name = as_name(text, 20)
    assert len(name) <= 20
    assert name == legible(name)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff]", name)


def test_there_are_words_for_all_that_can_be_told():
    texts = Words("nl").texts
    kinds = {"of": get_args(Of), "calibration": get_args(Source) + get_args(Missing)}
    kinds |= {"count": COUNTED, "filter": (TARGET, *FROM_DATE), "time_text": tuple(FROM_DATE)}
    for kind, names in kinds.items():
        assert all(f"{kind}_{name}" in texts for name in names), kind
