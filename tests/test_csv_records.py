import time

import pytest

from stance import csv_records
from stance.csv_records import header, records


def read(text, delimiter=","):
    return [*records(iter(text.splitlines(keepends=True)), delimiter)]


def test_records_of_one_line_and_of_many():
    assert read('a,b\n\n"een\ntwee","x""y"\n') == [["a", "b"], ["een\ntwee", 'x"y']]


def test_a_fault_names_its_line_and_costs_no_other():
    one, first, two, second, *rest = read('a\n"b\nc\n\n"d"e\n"f\ng"\nh\n"i\n')
    assert (one, two) == (["a"], ["c"])
    assert first == "line 2: malformed CSV (',' expected after '\"')"
    assert second == "line 5: malformed CSV (',' expected after '\"')"
    assert rest == [["f\ng"], ["h"], "line 9: malformed CSV (a quote is not closed)"]


def test_the_line_that_shows_a_fault_may_begin_a_record_of_many_lines():
    fault, *rest = read('"a,1\nb,2\n"c\nd",3\n')
    assert "line 1" in fault
    assert rest == [["b", "2"], ["c\nd", "3"]]


@pytest.mark.parametrize("line", ['a",b"c,"d\n', '"\n', '"a\n', "x\n"])
def test_stray_quotes_take_time_in_proportion_to_the_file(line):
    start = time.monotonic()
    read('"' + line * 50_000)  # quadratic time would be minutes
    assert time.monotonic() - start < 20


def test_a_record_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(csv_records, "_LARGEST_RECORD", 20)
    fault, *rest = read('"a\n' + "een twee\n" * 5)
    assert fault == "line 1: malformed CSV (a quote is not closed within 20 characters)"
    assert rest == [["een twee"]] * 5


def test_the_delimiter_that_gives_the_most_columns():
    assert header(lambda: iter(["a;b,c;d\n"]), ",;") == (";", ["a", "b,c", "d"])
    assert "a quote is not closed" in header(lambda: iter(['"a\n']), ",")[1]
