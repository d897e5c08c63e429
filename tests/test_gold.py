import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_labelled import row, write

from stance.errors import InputError, OutputError
from stance.gold import check_of, read_gold, sample_text
from stance.labelled import open_labelled, read_labelled
from stance.labels import LABELS
from stance.sampling import draw
from stance.writers import SHEETS, format_of


def table_of(folder, rows=None, by=("outlet",)):
    rows = rows or [row(1 + i // 3, i % 3, LABELS[i % 4]) for i in range(60)]
    return read_labelled(open_labelled(write(folder / "labels.csv", rows)), by)


def records(table, n=30, fmt="csv", shown=("outlet",), with_labels=False):
    drawn = draw(table.labelled, np.zeros(len(table.ids), int), n)
    text = sample_text(table, drawn, fmt, shown, with_labels=with_labels)
    if fmt == "jsonl":
        return drawn, [json.loads(line) for line in text.splitlines()]
    assert text.startswith("\ufeff")
    delimiter = "\t" if fmt == "tsv" else ","
    return drawn, [*csv.DictReader(io.StringIO(text[1:]), delimiter=delimiter)]


def fill(path, rows, label="neutral", delimiter=","):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]], delimiter=delimiter)
        writer.writeheader()
        writer.writerows([one | {"gold": one["gold"] or label} for one in rows])
    return path


@pytest.mark.parametrize("fmt", ["csv", "tsv", "jsonl"])
def test_a_coder_sees_sentence_context_and_an_empty_column_and_no_label(tmp_path, fmt):
    drawn, rows = records(table_of(tmp_path), fmt=fmt)
    assert [*rows[0]] == [
        *("row", "sentence_index", "outlet", "context", "sentence", "gold", "check"),
        *("stratum_rows", "stratum_drawn", "inclusion_probability"),
    ]
    assert {one["gold"] for one in rows} == {""}
    assert not {"favor", "against"} & {str(value) for one in rows for value in one.values()}
    for one, inclusion in zip(rows, drawn.inclusion, strict=True):
        number, place = int(one["row"]), int(one["sentence_index"])
        assert one["sentence"] == f"Zin {number}.{place}"
        assert one["context"] == (f"Zin {number}.{place - 1}" if place else "")
        assert float(one["inclusion_probability"]) == pytest.approx(inclusion)


def test_a_column_for_holders_where_the_model_tells_them(tmp_path):
    rows = [row(1 + i // 3, i % 3, LABELS[i % 4], holders="EU: favor") for i in range(60)]
    _, found = records(table_of(tmp_path, rows))
    assert [*found[0]][4:7] == ["sentence", "gold", "gold_holders"]
    assert {one["gold_holders"] for one in found} == {""}


def test_labels_are_shown_on_request(tmp_path):
    _, rows = records(table_of(tmp_path), with_labels=True)
    assert {one["label"] for one in rows} <= set(LABELS)


def test_the_context_column_helps_where_there_is_no_sentence_before(tmp_path):
    rows = [row(i, 0, LABELS[i % 4], context=f"Voor {i}") for i in range(1, 31)]
    _, found = records(table_of(tmp_path, rows))
    assert {(one["row"], one["context"]) for one in found} == {
        (str(i), f"Voor {i}") for i in range(1, 31)
    }


def test_a_spreadsheet_runs_no_formula_of_a_text(tmp_path):
    rows = [row(i, sentence="=HYPERLINK(1)") for i in range(1, 21)]
    _, found = records(table_of(tmp_path, rows), n=10)
    assert {one["sentence"] for one in found} == {"'=HYPERLINK(1)"}


@given(st.integers(0, 10_000), st.sampled_from([",", ";", "\t"]))
@settings(max_examples=10, deadline=None)
def test_what_was_written_is_read_back(tmp_path_factory, seed, delimiter):
    folder = tmp_path_factory.mktemp("gold")
    table = table_of(folder)
    drawn, rows = records(table)
    labels = np.random.default_rng(seed).integers(0, 4, len(rows))
    rows = [one | {"gold": LABELS[code]} for one, code in zip(rows, labels, strict=True)]
    order = np.random.default_rng(seed).permutation(len(rows))
    path = fill(folder / "gold.csv", [rows[place] for place in order], delimiter=delimiter)
    gold = read_gold(path, table)
    assert gold.rows.tolist() == drawn.rows[order].tolist()
    assert gold.labels.tolist() == labels[order].tolist()
    assert gold.inclusion == pytest.approx(drawn.inclusion[order])


def test_a_spreadsheet_may_spoil_the_fractions_and_write_large_letters(tmp_path):
    table = table_of(tmp_path)
    drawn, rows = records(table)
    spoiled = [one | {"inclusion_probability": "333", "gold": " Favor "} for one in rows]
    gold = read_gold(fill(tmp_path / "gold.csv", spoiled), table)
    assert gold.inclusion == pytest.approx(drawn.inclusion)
    assert set(gold.labels) == {0}


def test_a_sample_of_ones_own_needs_only_probabilities(tmp_path):
    table = table_of(tmp_path)
    rows = [
        {"row": 1, "sentence_index": i, "gold": "favor", "inclusion_probability": "0,05"}
        for i in range(3)
    ]
    assert read_gold(fill(tmp_path / "own.csv", rows), table).inclusion.tolist() == [0.05] * 3
    rows[1]["inclusion_probability"] = "50"
    with pytest.raises(InputError, match=r"row 2, column 'inclusion_probability'.*at most 1"):
        read_gold(fill(tmp_path / "own.csv", rows), table)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gold": " "}, r"gold\.csv: row 3, column 'gold': is empty; code every sentence"),
        ({"gold": "tegen"}, r"gold\.csv: row 3, column 'gold': 'tegen' is none of favor"),
        ({"gold": "agianst"}, "did you mean against"),
        ({"row": "999"}, r"gold\.csv: row 3: .*labels\.csv has no sentence with row 999"),
        ({"row": "x"}, r"row 3, column 'row': found 'x', expected a whole number"),
        ({"check": "s00000000"}, r"row 3: the sentence with .* is another one in .*labels\.csv"),
        ({"stratum_drawn": "0"}, r"row 3: 0 of \d+ sentences were drawn"),
        ({"stratum_rows": "1000000"}, r"its rows stand for [\d,]+ sentences, .* has 60"),
    ],
)
def test_faults_are_named_with_file_and_row(tmp_path, change, message):
    table = table_of(tmp_path)
    _, rows = records(table)
    rows = [one | {"gold": "favor"} for one in rows]
    path = tmp_path / "gold.csv"
    rows[2] |= change
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(InputError, match=message):
        read_gold(path, table)


def test_a_doubled_row_and_a_lost_one_are_errors(tmp_path):
    table = table_of(tmp_path)
    _, rows = records(table)
    with pytest.raises(InputError, match="rows 1 and 31 are the same sentence"):
        read_gold(fill(tmp_path / "gold.csv", [*rows, rows[0]]), table)
    with pytest.raises(InputError, match=r"stand for \d+ sentences, .* has 60; rows of the sample"):
        read_gold(fill(tmp_path / "gold.csv", rows[1:]), table)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "no column 'row'"),
        ("row,sentence_index,gold,inclusion_probability\n", "there are no rows"),
        ("row,sentence_index,gold,inclusion_probability\n1,2\n", "row 1: 2 fields"),
    ],
)
def test_a_file_that_is_no_sample_is_refused(tmp_path, text, message):
    (tmp_path / "gold.csv").write_text(text, "utf-8")
    with pytest.raises(InputError, match=message):
        read_gold(tmp_path / "gold.csv", table_of(tmp_path))


def test_the_file_tells_apart_rows_of_several_files(tmp_path):
    rows = [row(1 + i % 20, 0, LABELS[i % 4], file=f"{i // 20}.csv") for i in range(40)]
    table = table_of(tmp_path, rows)
    drawn, found = records(table)
    assert read_gold(fill(tmp_path / "gold.csv", found), table).rows.tolist() == drawn.rows.tolist()
    found[0]["file"] = "9.csv"
    with pytest.raises(InputError, match=r"row 1: .* has no file '9\.csv'"):
        read_gold(fill(tmp_path / "gold.csv", found), table)


def test_only_formats_that_people_fill_in(tmp_path):
    assert format_of(tmp_path / "A.CSV", SHEETS) == "csv"
    with pytest.raises(OutputError, match=r"expected \.csv, \.tsv, \.jsonl"):
        format_of(tmp_path / "a.parquet", SHEETS)


def test_a_check_begins_with_a_letter():
    assert check_of("zin") != check_of("Zin")
    assert check_of("").startswith("s")
