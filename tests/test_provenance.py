import json

import pytest
from report_tables import rows, write, write_manifest

from stance.errors import InputError
from stance.labelled import open_labelled
from stance.report.provenance import is_of_table, read_manifest, shown


def test_a_manifest_is_read_and_held_against_its_table(tmp_path):
    path = write(tmp_path / "t.parquet", rows(4))
    assert read_manifest(path) is None
    write_manifest(path, 4)
    manifest = read_manifest(path)
    assert manifest["counts"]["rejected_rows"] == 3
    assert is_of_table(manifest, open_labelled(path))
    write_manifest(path, 5)
    assert not is_of_table(read_manifest(path), open_labelled(path))


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"counts": {"rows": 1}}', "null", "[" * 100_000, "\x00"]
)
def test_a_damaged_manifest_is_an_error_with_a_way_out(tmp_path, text):
    path = write(tmp_path / "t.parquet", rows(4))
    write_manifest(path).write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"t\.parquet\.manifest\.json: .*move it away"):
        read_manifest(path)


@pytest.mark.parametrize("part", ["model", "versions", "counts"])
def test_every_part_that_is_shown_must_be_there(tmp_path, part):
    path = write(tmp_path / "t.parquet", rows(4))
    manifest = write_manifest(path)
    content = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps(content | {part: {} if part != "versions" else []}), "utf-8")
    with pytest.raises(InputError, match="lacks a model, versions, or counts"):
        read_manifest(path)


def test_of_many_inputs_the_first_are_shown():
    inputs = [{"name": str(i)} for i in range(500)]
    text = shown({"inputs": inputs, "model": {}})
    assert "and 480 more" in text
    assert '"19"' in text
    assert '"20"' not in text
