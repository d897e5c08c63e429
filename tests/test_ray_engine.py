"""On a local Ray, in processes of their own: Ray leaves threads and signal handlers behind."""

import os
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
from conftest import write_jsonl

from stance.errors import ConfigError, MissingExtraError, ModelError
from stance.ray_engine import RayEngine, _cause, _connected


def stance(tmp_path, *arguments):
    command = [sys.executable, "-m", "stance", "label", "in.jsonl", "--sentences", *arguments]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)


@pytest.mark.slow
def test_the_same_rows_and_labels_as_without_ray(tmp_path):
    pytest.importorskip("ray")
    rows = [{"text": f"Zin {i} over Iran." if i % 9 else None, "n": i} for i in range(4500)]
    write_jsonl(tmp_path / "in.jsonl", rows)
    done = stance(tmp_path, "--out", "local.parquet")
    assert done.returncode == 0, done.stderr
    for out in ("ray.parquet", "parts/"):
        done = stance(tmp_path, "--out", out, "--engine", "ray")
        assert done.returncode == 0, done.stderr
        assert "stance: 4500 rows: 4000 labelled, 500 rejected" in done.stderr
    expected = pq.read_table(tmp_path / "local.parquet")
    assert pq.read_table(tmp_path / "ray.parquet") == expected
    assert pq.read_table(sorted((tmp_path / "parts").glob("part-*"))) == expected
    listings = [tmp_path / name for name in ("local.parquet.rejects.jsonl", "parts/rejects.jsonl")]
    assert listings[0].read_bytes() == listings[1].read_bytes()


def test_what_the_cluster_lacks_is_said_at_once():
    with pytest.raises(
        ConfigError, match=r"8 workers need 8\.25 CPUs, the cluster has 4; use fewe"
    ):
        RayEngine(workers=8)._check_resources({"CPU": 4.0})
    with pytest.raises(ConfigError, match="2 workers need 2 GPUs, the cluster has 0"):
        RayEngine(workers=2, gpus=1)._check_resources({"CPU": 4.0})


def test_without_ray_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"ray is not installed; .*'stance-nl\[ray\]'"):
        _connected()


def test_the_error_of_a_worker_is_found_behind_that_of_ray():
    outer, ours = RuntimeError("actor died"), ModelError("damaged")
    outer.cause = ours
    assert _cause(outer) is ours
    assert _cause(ours) is ours
    plain = RuntimeError("x")
    assert _cause(plain) is plain


def test_standard_output_takes_no_parts(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [{"text": "x"}])
    done = stance(tmp_path, "--out", "-", "--engine", "ray")
    assert done.returncode == 2
    assert "--engine ray: give --out FILE" in done.stderr
