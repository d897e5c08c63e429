"""The command as people run it: a process of its own, its exit code, its streams."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from conftest import stance_rows, write_jsonl

from stance import __version__
from stance.labels import LABELS

ARTICLE = "De sancties tegen Mali blijven. Dat vindt de minister.\n\nDe trein was laat.\n"


@pytest.fixture
def stance(tmp_path, linear_folder):
    """Runs `stance` in an empty folder."""

    def run(*arguments, text=True, **options):
        command = [sys.executable, "-m", "stance", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, cwd=tmp_path, text=text, **options)

    (tmp_path / "artikel.txt").write_text(ARTICLE, "utf-8")
    return run


def assert_one_line_error(done, code, message):
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith("stance: ")
    assert "Traceback" not in done.stderr
    assert message in done.stderr


def test_an_article_is_shown_as_a_table_and_a_summary(stance):
    done = stance("label", "artikel.txt")
    assert done.returncode == 0, done.stderr
    assert "De sancties tegen Mali blijven." in done.stdout
    assert all(label in done.stdout for label in LABELS)
    assert "share" in done.stdout
    assert done.stderr == ""


def test_a_file_becomes_a_file(stance, tmp_path):
    done = stance("label", "artikel.txt", "--out", "out.csv")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "1 rows: 1 labelled, 0 rejected; 3 sentences" in done.stderr
    assert len((tmp_path / "out.csv").read_text("utf-8").splitlines()) == 4
    assert_one_line_error(stance("label", "artikel.txt", "--out", "out.csv"), 5, "--overwrite")
    assert stance("label", "artikel.txt", "--out", "out.csv", "--overwrite").returncode == 0


def test_sentences_with_a_low_score_are_marked(stance, tmp_path):
    done = stance("label", "artikel.txt", "--out", "out.jsonl", "--abstain-below", "1")
    assert done.returncode == 0, done.stderr
    assert "3 sentences have a score below 1." in done.stderr
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [row["abstained"] for row in rows] == [True] * 3
    manifest = json.loads((tmp_path / "out.jsonl.manifest.json").read_text("utf-8"))
    assert manifest["counts"]["abstained"] == 3
    assert manifest["options"]["abstain_below"] == 1
    done = stance("label", "artikel.txt", "--abstain-below", "0.5")
    assert_one_line_error(done, 2, "--abstain-below, --escape-formulas: give --out FILE")
    assert stance("label", "artikel.txt", "--abstain-below", "2").returncode == 2


def test_streams(stance):
    done = stance("label", "-", "--out", "-", input=ARTICLE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("row,sentence_index,start,end,sentence,label,score,p_favor")
    rows = "".join(json.dumps({"text": row["text"]}) + "\n" for row in stance_rows()[:3])
    options = ["--from", "jsonl", "--to", "jsonl", "--sentences"]
    done = stance("label", "-", "--out", "-", *options, input=rows)
    assert [json.loads(line)["row"] for line in done.stdout.splitlines()] == [1, 2, 3]
    done = stance("label", "-", "--out", "-", input="")
    assert_one_line_error(done, 3, "standard input: the file is empty")


def test_a_closed_pipe_is_no_error(stance, tmp_path):
    rows = [{"text": row["text"]} for row in stance_rows()] * 40
    write_jsonl(tmp_path / "in.jsonl", rows)
    command = f"{sys.executable} -m stance label in.jsonl --out - | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path)
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "content", "options", "code", "message"),
    [
        ("leeg.csv", b"", [], 3, "the file is empty"),
        ("a.csv", b"body\nx\n", [], 3, "no column 'text'; it has body"),
        ("a.csv", "text\ncafé\n".encode("latin-1"), [], 3, "--encoding cp1252"),
        ("a.csv", "text\ncafé\n".encode("utf-16"), [], 3, "--encoding utf-16"),
        ("a.csv", b"text\nx\n", ["--model", "nergens"], 4, "no such model folder"),
        ("a.csv", b"text\nx\n", ["--out", "out.docx"], 5, "the suffix is '.docx'"),
        ("a.csv", b"text\nx\n", ["--out", "no/out.csv"], 5, "no such folder"),
        ("a.txt", b"a\x81", ["--encoding", "cp1252"], 3, "cannot be read as cp1252"),
        ("a.txt", b"a", ["--encoding", "nonsense"], 2, "unknown; try utf-8, cp1252"),
        ("a.jsonl", b"nope\n", [], 3, "(line 1: not JSON"),
        ("a.csv", b"text\nx\n", ["--to", "xlsx"], 2, "--to xlsx: expected one of csv"),
        ("a.csv", b"text\n\0\n", [], 3, "holds a NUL byte"),
        ("a.xlsx", b"x", [], 3, "the suffix is '.xlsx'"),
        ("a.csv", b"text\n", [], 3, "there is a header, but there are no rows"),
    ],
)
def test_bad_input_is_one_line_and_a_code(stance, tmp_path, name, content, options, code, message):
    (tmp_path / name).write_bytes(content)
    done = stance("label", name, *(options if "--out" in options else ["--out", "o.csv", *options]))
    assert_one_line_error(done, code, message)
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "o.csv").exists()


def test_rows_that_cannot_be_used_are_counted_and_listed(stance, tmp_path):
    (tmp_path / "in.csv").write_bytes(b'text,n\n"een",1\n"twee,2\ndrie,3\n,4\n')
    done = stance("label", "in.csv", "--out", "out.csv")
    assert done.returncode == 0, done.stderr
    assert "4 rows: 2 labelled, 2 rejected" in done.stderr
    assert "out.csv.rejects.jsonl" in done.stderr
    lines = (tmp_path / "out.csv.rejects.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["row"] for line in lines] == [2, 4]


def test_a_disk_that_runs_full(stance, tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [{"text": row["text"]} for row in stance_rows()] * 20)

    code = (  # what tells languages apart unpacks a file of its own first
        "import resource, signal, sys\n"
        "from stance.language import is_dutch; is_dutch('Dit is een zin in het Nederlands.')\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "sys.argv = ['stance', 'label', 'in.jsonl', '--out', 'out.csv']\n"
        "from stance.cli import main; main()"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert_one_line_error(done, 5, "out.csv: cannot be written")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["artikel.txt", "in.jsonl"]


def test_a_full_disk_behind_standard_output(stance, tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [{"text": row["text"]} for row in stance_rows()])
    for source in ("in.jsonl --out -", "artikel.txt"):
        command = f"{sys.executable} -m stance label {source} > /dev/full"
        done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 5, done.stderr
        assert "stance: the output cannot be written (No space left on device).\n" in done.stderr
        assert "Exception" not in done.stderr


@pytest.mark.parametrize(
    ("module", "error"),
    [
        ("stance.cli.guard", "KeyboardInterrupt"),
        ("typer", "KeyboardInterrupt"),
        ("typer", "ImportError('half loaded')"),
    ],
)
def test_ctrl_c_while_loading(module, error):
    code = (
        "import os, signal, sys\n"
        "from importlib.abc import MetaPathFinder\n"
        "class Interrupting(MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name == {module!r}:\n"
        "            try: os.kill(os.getpid(), signal.SIGINT)\n"
        f"            except KeyboardInterrupt: raise {error}\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from stance.cli import main; sys.argv = ['stance', '--version']; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 130
    assert done.stderr == "stance: interrupted.\n"
    assert done.stdout == ""


def test_ctrl_c_leaves_nothing_half_written(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [{"text": row["text"]} for row in stance_rows()] * 100)
    command = [sys.executable, "-m", "stance", "label", "in.jsonl", "--out", "out.csv"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    deadline = time.monotonic() + 60
    while not [*tmp_path.glob("out.csv.parts/part-00000.csv")]:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == (
        "stance: interrupted; no half-written file was left. The same command goes on where it "
        "was.\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.csv.parts"]


def test_a_table_needs_a_document(stance, tmp_path):
    (tmp_path / "a.csv").write_text("text\nx\n", "utf-8")
    assert_one_line_error(stance("label", "a.csv"), 2, "give --out FILE")


def test_markup_in_a_text_is_text(stance, tmp_path):
    (tmp_path / "a.txt").write_text("De [bold]minister[/bold] [/red] :smile: zweeg.", "utf-8")
    done = stance("label", "a.txt", env=os.environ | {"COLUMNS": "1"})
    assert "".join(done.stdout.split()).count("[bold]minister[/bold][/red]:smile:zweeg.") == 1


def test_train_reports_every_fault_of_a_config(stance, tmp_path):
    (tmp_path / "bad.yaml").write_text("model: {type: liner}\ndata: {}\nsed: 1\n", "utf-8")
    done = stance("train", "bad.yaml")
    assert_one_line_error(done, 2, "did you mean linear?")
    assert "data.files is missing" in done.stderr
    assert "did you mean seed?" in done.stderr


def test_train_and_label_with_the_baseline(stance, tmp_path, stance_file):
    config = {"model": {"type": "linear"}, "data": {"files": str(stance_file)}}
    config["data"]["columns"] = {"split": "split"}
    (tmp_path / "b.yaml").write_text(json.dumps(config), "utf-8")
    done = stance("train", "b.yaml", "--out", "model")
    assert done.returncode == 0, done.stderr
    assert "macro-F1" in done.stdout
    assert stance("label", "artikel.txt", "--model", "model").returncode == 0
    assert_one_line_error(stance("export", "model"), 4, "a linear model needs no export")


def test_a_missing_package_is_named(stance, tmp_path):
    code = (
        "import sys; sys.modules['yaml'] = None\n"
        "from stance.cli import main; sys.argv = ['stance', 'train', 'mini']; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert_one_line_error(done, 6, "pip install 'stance-nl[train]'")


def test_version_and_help(stance):
    assert stance("--version").stdout == f"{__version__}\n"
    assert "label" in stance("--help").stdout
    assert stance("label").returncode == 2
    assert stance("labl").returncode == 2


def test_rejected_rows_beside_standard_output(stance):
    rows = '{"text": "Een zin."}\n{"text": 3}\n'
    done = stance("label", "-", "--out", "-", "--from", "jsonl", input=rows)
    assert done.returncode == 0, done.stderr
    assert "stance: row 2 rejected: column text is int (3), expected text" in done.stderr


@pytest.mark.parametrize("out", [[], ["--out", "-"]])
def test_a_terminal_that_knows_few_characters(stance, tmp_path, out):
    (tmp_path / "a.txt").write_text("De minister 🙂 zweeg.", "utf-8")
    environment = os.environ | {"PYTHONIOENCODING": "latin-1"}
    done = stance("label", "a.txt", *out, env=environment, text=False)
    assert done.returncode == 0, done.stderr
    assert ("🙂".encode() in done.stdout) == bool(out)


def test_stopped_by_a_scheduler_leaves_nothing_half_written(tmp_path):
    write_jsonl(tmp_path / "in.jsonl", [{"text": row["text"]} for row in stance_rows()] * 100)
    command = [sys.executable, "-m", "stance", "label", "in.jsonl", "--out", "out.csv"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=tmp_path)
    deadline = time.monotonic() + 60
    while not [*tmp_path.glob("out.csv.parts/run.json")]:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.terminate()
    assert process.wait(timeout=60) == 130
    assert not (tmp_path / "out.csv").exists()


def test_formulas_are_escaped_on_request(stance, tmp_path):
    evil = '=HYPERLINK("http://x";"Klik")'
    rows = [{"text": f"{evil} zegt men.", "=krant": evil, "n": "-5"}]
    write_jsonl(tmp_path / "in.jsonl", rows)
    for option, mark in (((), ""), (("--escape-formulas",), "'")):
        done = stance(
            "label", "in.jsonl", "--out", "out.csv", "--sentences", "--overwrite", *option
        )
        assert done.returncode == 0, done.stderr
        with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
            (row,) = csv.DictReader(file)
        assert row[f"{mark}=krant"] == f"{mark}{evil}"
        assert row["sentence"] == f"{mark}{evil} zegt men."
        assert row["n"] == "-5"
        manifest = json.loads((tmp_path / "out.csv.manifest.json").read_text("utf-8"))
        assert manifest["options"]["escape_formulas"] == bool(option)
    done = stance("label", "in.jsonl", "--out", "out.parquet", "--escape-formulas")
    assert_one_line_error(done, 2, "--escape-formulas: is for csv and tsv; no formula runs in parq")
