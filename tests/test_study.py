import pytest
from conftest import write_jsonl
from report_tables import rows, write, write_gold, write_manifest

from stance.errors import ConfigError, InputError
from stance.labelled import open_labelled
from stance.report.study import View, read_study


def without(*names):
    return [{name: one for name, one in row.items() if name not in names} for row in rows(30)]


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet"])
def test_all_that_is_there_is_read_from_every_format(tmp_path, name):
    path = write(tmp_path / name)
    write_manifest(path)
    done = []
    study = read_study(open_labelled(path), write_gold(tmp_path / "g.csv"), progress=done.append)
    assert (study.by, study.times, study.has_target) == (("outlet",), ("month", "year"), True)
    assert len(study.gold.rows) == 120
    assert study.abstained.sum() == 6
    assert len(study.holders) == 240
    assert study.manifest_fits
    assert study.reliability.source == "gold"
    assert sum(done) == (240 if name.endswith("parquet") else 480)


def test_what_is_not_there_is_left_out(tmp_path):
    path = write_jsonl(tmp_path / "t.jsonl", without("outlet", "date", "target", "holders"))
    study = read_study(open_labelled(path))
    assert (study.by, study.times, study.has_target) == ((), (), False)
    assert study.gold is study.holders is study.manifest is None
    assert study.reliability == "no_manifest"
    assert not study.manifest_fits


def test_what_was_asked_for_must_be_there(tmp_path):
    path = write_jsonl(tmp_path / "t.jsonl", without("outlet", "date"))
    with pytest.raises(InputError, match="no column 'krant'"):
        read_study(open_labelled(path), view=View(by=("krant",)))
    with pytest.raises(InputError, match="no column 'date'"):
        read_study(open_labelled(path), view=View(time="year"))


def test_time_is_as_was_asked(tmp_path):
    path = write(tmp_path / "t.parquet")
    times = {time: read_study(open_labelled(path), view=View(time=time)).times
             for time in ("month", "year", "none")}  # fmt: skip
    assert times == {"month": ("month",), "year": ("year",), "none": ()}


def test_a_model_that_did_not_label_is_refused(tmp_path):
    path = write(tmp_path / "t.parquet")
    write_manifest(path)
    from stance.model_folder import SHIPPED

    with pytest.raises(ConfigError, match="another model labelled it"):
        read_study(open_labelled(path), model=SHIPPED)
    assert read_study(open_labelled(path)).reliability == "other_model"
