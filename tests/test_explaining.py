import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import failed_examples
from rich.color import ColorSystem
from typer.testing import CliRunner

from stance import gradients
from stance.cli.commands import app
from stance.cli.explaining import show
from stance.cli.terminal import make_console
from stance.explanation import Explanation, Word

TEXT = "De minister wil de sancties tegen Mali verlengen."
CONTEXT = "Gisteren ging het in de Kamer over Mali."


def run(*arguments):
    return CliRunner().invoke(app, ["explain", *map(str, arguments)])


def shown(explanation, terminal):
    console = make_console()
    console.file, console.width, console.no_color = io.StringIO(), 80, False
    console._force_terminal = terminal
    console._color_system = ColorSystem.STANDARD if terminal else None
    show(explanation, console)
    return console.file.getvalue()


def example(**changes):
    words = [Word("Nee", 0, 3, 2.0), Word("[b]", 4, 7, -1.9), Word("ja", 8, 10, 0.1)]
    content = {"text": "Nee [b] ja", "context": "", "label": "against", "score": 0.9}
    content |= {"log_odds": 2.2, "method": "gradients", "words": words, "context_words": []}
    content |= {"baseline_log_odds": 2.0, "steps": 64, "gap": 0.001}
    return Explanation(**content | changes)


def test_the_shipped_model_explains_without_torch():
    code = (
        "import sys; from stance.cli.commands import app\n"
        "try: app(['explain', sys.argv[1], '--context', sys.argv[2]])\n"
        "finally: print(sorted(set(sys.modules) & {'torch', 'captum', 'transformers'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, TEXT, CONTEXT], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("[]\n")
    assert "occlusion: by how much" in done.stdout
    assert f"sentence: {TEXT}" in done.stdout
    assert f"context: {CONTEXT}" in done.stdout
    assert "\x1b" not in done.stdout


def test_the_page_shows_what_is_printed(monkeypatch):
    page = (Path(__file__).parent.parent / "docs" / "explain.md").read_text("utf-8")
    blocks = re.findall(r"^```console\n\$ stance explain (.*)\n((?:.*\n)*?)```", page, re.MULTILINE)
    assert len(blocks) == 2
    monkeypatch.setenv("COLUMNS", "80")
    for command, expected in blocks:
        done = run(*shlex.split(command))
        assert [line.rstrip() for line in done.stdout.splitlines()] == expected.splitlines()
    assert failed_examples("explain.md") == 0


def test_integrated_gradients_add_up(random_folder):
    done = run(TEXT, "--context", CONTEXT, "--model", random_folder, "--label", "neutral")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("neutral: score")
    assert "integrated gradients" in done.stdout
    total, shared = re.search(r"all words (\S+), to share out (\S+);", done.stdout).groups()
    assert float(total) == pytest.approx(float(shared), abs=0.06)
    assert len(re.findall(r"^ \S+ +\d+ +[+-]\d+\.\d\d", done.stdout, re.MULTILINE)) == 18


def test_json_holds_everything(random_folder):
    done = run(TEXT, "--context", CONTEXT, "--model", random_folder, "--json")
    content = json.loads(done.stdout)
    assert content["method"] == "gradients"
    assert content["gap"] <= 0.04
    for text, words in ((TEXT, content["words"]), (CONTEXT, content["context_words"])):
        assert all(text[one["start"] : one["end"]] == one["text"] for one in words)
    total = sum(one["attribution"] for one in content["words"] + content["context_words"])
    difference = content["log_odds"] - content["baseline_log_odds"]
    assert total == pytest.approx(difference, abs=0.041)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([" "], 2, "the sentence is empty"),
        ([TEXT, "--label", "voor"], 2, "'voor' is none of the model's"),
        ([TEXT, "--method", "shap"], 2, "expected one of gradients, occlusion"),
        ([TEXT, "--method", "gradients"], 4, "no torch weights"),
        ([TEXT, "--model", "nergens"], 4, "no such model folder"),
        (["sancties " * 500], 3, "longer than the model reads"),
    ],
)
def test_faults_are_told_in_a_line(arguments, code, message):
    done = run(*arguments)
    assert done.exit_code == code
    assert done.stdout == ""
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_missing_extra(random_folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    done = run(TEXT, "--model", random_folder)
    assert done.exit_code == 6
    assert "stance-nl[explain]" in done.stderr


def test_a_context_that_is_not_read(tmp_path, linear_folder):
    import shutil

    shutil.copytree(linear_folder, tmp_path / "model")
    path = tmp_path / "model" / "stance.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"context": "none"}))
    done = run(TEXT, "--context", CONTEXT, "--model", tmp_path / "model")
    assert done.exit_code == 0
    assert done.stderr == "stance: this model reads no context; --context is not used.\n"
    assert "context:" not in done.stdout


def test_a_gap_is_told_on_standard_error(random_folder, monkeypatch):
    monkeypatch.setattr(gradients, "STEPS", (1,))
    done = run(TEXT, "--model", random_folder)
    assert done.exit_code == 0
    assert "after 1 steps, more than the 0.04 that is tolerated" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_words_are_marked_by_sign_and_strength():
    text = shown(example(), terminal=True)
    assert "\x1b[1;4;36mNee\x1b[0m" in text
    assert "\x1b[1;3;35m[b]\x1b[0m" in text
    assert "[0m ja\n" in text
    assert "against against" in re.sub(r"\x1b\[[\d;]*m", "", text)


def test_without_a_terminal_there_is_no_colour():
    text = shown(example(), terminal=False)
    assert "\x1b" not in text
    assert "sentence: Nee [b] ja" in text
    table = text.splitlines()[5:9]  # behind a line on the method, which takes two
    assert [line.split() for line in table] == [
        ["word", "at", "log-odds"],
        ["Nee", "0", "+2.00"],
        ["[b]", "4", "-1.90"],
        ["ja", "8", "+0.10"],
    ]
    assert "all words +0.20, to share out +0.20; gap 0.001 after 64 steps" in text


def test_control_characters_do_nothing():
    words = [Word("\x1b[31mrood", 0, 9, 1.0)]
    text = shown(example(text="\x1b[31mrood", words=words), terminal=False)
    assert "\x1b" not in text
    assert text.count(r"\x1b[31mrood") == 2
