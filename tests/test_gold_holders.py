import json

import numpy as np
import pytest

from stance.errors import InputError
from stance.gold_holders import GOLD_HOLDERS, read_gold_holders
from stance.labels import LABELS
from stance.population import Gold

ROWS = [
    {"gold": "against", GOLD_HOLDERS: "Moskou: against; author: against"},
    {"gold": "neutral", GOLD_HOLDERS: ""},
    {"gold": "favor", GOLD_HOLDERS: "none"},
    {"gold": "unrelated", GOLD_HOLDERS: ""},
]


def read(folder, rows):
    path = folder / "gold.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), "utf-8")
    labels = np.array([LABELS.index(one["gold"]) for one in rows])
    return read_gold_holders(path, Gold(np.arange(len(rows)), labels, np.ones(len(rows))), LABELS)


def test_an_empty_cell_and_none_are_nobody(tmp_path):
    found = read(tmp_path, ROWS)
    assert found.has("Rusland", "against").tolist() == [True, False, False, False]
    assert found.actors == {"Rusland": 1, "author": 1}


def test_a_list_of_objects_serves_too(tmp_path):
    rows = [ROWS[0] | {GOLD_HOLDERS: [{"text": "het Kremlin", "stance": "against"}]}]
    rows += [{"gold": "neutral", GOLD_HOLDERS: []}, {"gold": "neutral", GOLD_HOLDERS: None}]
    assert read(tmp_path, rows).has("Rusland").tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("place", "change", "message"),
    [
        (0, {GOLD_HOLDERS: " "}, r"row 1, column 'gold_holders': is empty, but gold is against; "),
        (2, {GOLD_HOLDERS: ""}, r"row 3, column 'gold_holders': is empty, but gold is favor; name"),
        (1, {GOLD_HOLDERS: "Moskou"}, r"row 2, column 'gold_holders': has 'Moskou', expected act"),
        (1, {GOLD_HOLDERS: "Moskou: contra"}, r"row 2, .*the side 'contra', expected favor or"),
        (3, {GOLD_HOLDERS: "EU: favor"}, r"row 4, .*'EU: favor', but gold is unrelated, where no"),
    ],
)
def test_faults_are_named_with_file_and_row(tmp_path, place, change, message):
    rows = [one | (change if number == place else {}) for number, one in enumerate(ROWS)]
    with pytest.raises(InputError, match=rf"gold\.jsonl: {message}"):
        read(tmp_path, rows)


def test_cells_that_were_not_filled_in_are_counted(tmp_path):
    rows = [ROWS[0], *[ROWS[0] | {GOLD_HOLDERS: ""}] * 3]
    with pytest.raises(InputError, match=r"row 2, .* is empty, but gold is against, as in 2 more;"):
        read(tmp_path, rows)


def test_a_missing_and_an_empty_column_are_errors(tmp_path):
    with pytest.raises(InputError, match=r"no column 'gold_holders'; it has gold\. `stance sample"):
        read(tmp_path, [{"gold": one["gold"]} for one in ROWS])
    empty = [one | {GOLD_HOLDERS: ""} for one in ROWS]
    with pytest.raises(InputError, match=r"column 'gold_holders': is empty in every row; .*leave"):
        read(tmp_path, empty)
