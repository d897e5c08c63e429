import csv
import io
import json
from pathlib import Path

import pytest
from test_agreement import CELLS, study

from stance.agreement_report import agreement_text
from stance.errors import OutputError


def test_everything_as_json_and_measures_as_a_table(tmp_path):
    kiev = [{"text": "Kiev", "stance": "favor"}]
    report = study(
        tmp_path, CELLS, text=["Kiev wil."] * len(CELLS),
        **{
            f"{name}_holders": [kiev if one[place] else [] for one in CELLS]
            for place, name in enumerate("abc")
        },
    )  # fmt: skip
    assert json.loads(agreement_text(report, Path("a.json"))) == report
    rows = [*csv.DictReader(io.StringIO(agreement_text(report, Path("a.csv"))))]
    measures = {(one["of"], one["name"], one["measure"]): one for one in rows}
    assert len(measures) == len(rows) == 2 + 6 + 6 + 3 + 4 + 27
    alpha = measures["all coders", "", "alpha"]
    assert float(alpha["value"]) == pytest.approx(report["alpha"]["value"])
    assert float(alpha["low"]) < float(alpha["high"])
    assert measures["holders: author", "a, b", "f1_exact"]["value"] == ""
    assert measures["holders: named", "a, b", "f1_exact"]["value"] == "1.0"
    mean = measures["coder", "mean", "macro_f1"]
    assert float(mean["value"]) == report["ceiling"]["mean"]["human"]["macro_f1"]
    with pytest.raises(OutputError):
        agreement_text(report, Path("a.xlsx"))
