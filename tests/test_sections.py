import pytest
from conftest import write_jsonl
from report_tables import rows, write, write_gold, write_manifest

from stance.errors import InputError
from stance.labelled import open_labelled
from stance.report.sections import holder_section, period, share_sections
from stance.report.study import View, read_study
from stance.report.words import Words

WORDS = Words("en")


def sections(path, gold=None, **view):
    view = View(**view)
    found = share_sections(read_study(open_labelled(path), gold, view), view, WORDS)
    return {one.id: one for one in found}


def test_every_section_has_a_figure_with_its_shares(tmp_path):
    found = sections(write(tmp_path / "t.parquet"), write_gold(tmp_path / "g.csv"))
    assert [*found] == ["all", "time", "by-1", "target"]
    assert all(one.figure.startswith("<svg") and one.cut.corrected for one in found.values())
    assert [one.name for one in found["target"].cut.groups][-1] == "(no party found)"
    assert "A cross marks" in " ".join(found["time"].texts)


def test_a_section_without_its_column_says_so(tmp_path):
    bare = [
        {name: one for name, one in row.items() if name not in ("outlet", "date", "target")}
        for row in rows(30)
    ]
    found = sections(write_jsonl(tmp_path / "t.jsonl", bare))
    assert [*found] == ["all", "time", "by", "target"]
    for name in ("time", "by", "target"):
        assert found[name].cut is None
        assert "There is no column" in found[name].texts[0]
    assert "--time none" in sections(tmp_path / "t.jsonl", time="none")["time"].texts[0]


def test_columns_that_are_named_get_a_section_each(tmp_path):
    found = sections(write(tmp_path / "t.parquet"), by=("target", "outlet"))
    assert [found[one].title for one in ("by-1", "by-2")] == ["By target", "By outlet"]
    assert "target" not in found


def test_months_become_years_where_they_are_too_many_or_too_thin(tmp_path):
    path = write(tmp_path / "t.parquet")  # eight months
    study = read_study(open_labelled(path))
    assert period(study) == "month"
    assert period(read_study(open_labelled(path), write_gold(tmp_path / "g.csv"))) == "year"
    many = [row | {"date": f"{1980 + i}-01-15"} for i, row in enumerate(rows(40))]
    assert period(read_study(open_labelled(write(tmp_path / "m.parquet", many)))) == "year"
    asked = read_study(open_labelled(tmp_path / "m.parquet"), view=View(time="month"))
    assert period(asked) == "month"


def test_a_date_that_is_none_is_an_error(tmp_path):
    path = write(tmp_path / "t.parquet", [row | {"date": "mei 2024"} for row in rows(9)])
    with pytest.raises(InputError, match="is no date as 2024-03-31"):
        sections(path)
    assert sections(path, time="none")["time"].cut is None


def test_groups_that_are_too_thin_are_counted(tmp_path):
    table = rows()
    for row in table[:12]:
        row["outlet"] = "klein"
    gold = write_gold(tmp_path / "g.csv", table)
    found = sections(write(tmp_path / "t.parquet", table), gold)["by-1"]
    assert "klein" in [one.name for one in found.cut.groups]
    assert ">klein<" not in found.figure
    assert "Groups without a share that can be shown: 1." in " ".join(found.texts)


def test_a_selection_is_said_to_be_one(tmp_path):
    path = write(tmp_path / "t.parquet")
    write_manifest(path)
    assert sections(path)["all"].texts == ()
    write_manifest(path, more={"sentences": 5000})
    assert "240 of the 5,000 sentences" in sections(path)["all"].texts[0]


def test_holders_are_counted_and_the_writer_stands_apart(tmp_path):
    table = rows()
    study = read_study(open_labelled(write(tmp_path / "t.parquet", table)))
    found = holder_section(study, WORDS)
    counted = [row for row in table if not row["abstained"]]
    favor = sum(row["label"] == "favor" for row in counted)
    assert [(one.actor, one.favor) for one in found.rows] == [("author", favor), ("Rusland", favor)]
    assert ">Rusland<" in found.figure
    assert ">the writer<" not in found.figure
    assert any("writers themselves" in text for text in found.texts)


def test_of_many_holders_the_rest_is_counted(tmp_path):
    table = rows(60)
    for number, row in enumerate(table):
        one = {"actor": f"Partij {number:02d}", "stance": "favor", "text": "x"}
        row["holders"] = [one | {"start": 0, "end": 1, "score": 1.0}]
        row["abstained"] = False
    found = holder_section(read_study(open_labelled(write(tmp_path / "t.parquet", table))), WORDS)
    assert len(found.rows) == 20
    assert "40 more actors in 40 sentences and sides are not shown." in found.texts


def test_no_holders_at_all(tmp_path):
    table = [row | {"holders": []} for row in rows(9)]
    path = write_jsonl(tmp_path / "t.jsonl", table)
    assert "Nobody" in holder_section(read_study(open_labelled(path)), WORDS).texts[0]
    path = write_jsonl(
        tmp_path / "u.jsonl", [{k: v for k, v in row.items() if k != "holders"} for row in table]
    )
    assert "no column" in holder_section(read_study(open_labelled(path)), WORDS).texts[0]
