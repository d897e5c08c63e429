import io

from rich.console import Console
from test_evaluation_report import study

from stance.cli.score_tables import show
from stance.evaluation_report import report_of
from stance.seen import make_seen


def shown(width=120, **options):
    file, marked = study()
    _, other = study(every=3)
    against = options.pop("against", False)
    seen = options.pop("seen", make_seen([file.rows[1].text], ["t.csv: row 1"]))
    found = report_of(file, [marked, other] if against else [marked], seen, **options)
    found["models"] = ["runs/[b]een\x1b[2J", "runs/twee"]
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    show(found, console)
    return console.file.getvalue()


def test_the_least_that_is_shown():
    text = shown()
    assert text.startswith("[b]een\\x1b[2J on 40 rows, 20 documents (group); 95 % intervals")
    assert "errors: 10 of 40 rows; the most confident first" in text
    assert "... and 5 more; --errors FILE has all." in text
    assert "leaks: rows that stand in the training data too: 1 exact." in text
    assert "chronological: not shown, no column 'date'." in text
    assert "by group" not in text
    assert "coders" not in text
    assert "McNemar" not in text


def test_everything_that_can_be_asked_for():
    text = shown(by=["outlet"], coders=["anna", "bert"], against=True)
    for part in (
        "by group",
        "few: fewer than 20 documents; the interval is too narrow.",
        "model less human",
        "a tie among the others counts for each of the tied labels in equal parts.",
        "against twee",
        "exact McNemar test p = ",
    ):
        assert part in text
    lines = [line.split() for line in text.splitlines()]
    assert ["=Brug", "favor", "5", "5"] in lines


def test_many_groups_have_their_confusion_in_the_file_alone(monkeypatch):
    monkeypatch.setattr("stance.cli.score_tables._MOST_GROUPS", 1)
    text = shown(by=["outlet"])
    assert "of all rows; --out FILE.json has that of 2 groups." in text
    assert ["favor", "10", "10"] in [line.split() for line in text.splitlines()]


def test_without_training_data():
    text = shown(seen=None)
    assert "leaks: the training data is not at hand; give --train FILE." in text


def test_a_terminal_of_80_columns_wraps_no_number():
    text = shown(80, by=["outlet"], coders=["anna", "bert"], against=True)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert any(line.startswith("all rows 40 20 2 0.733 ") for line in lines)
    assert any(line.startswith("=Brug 20 10 2 0.7") and line.endswith(" few") for line in lines)
    assert max(map(len, text.splitlines())) <= 80
