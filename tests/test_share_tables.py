import pytest

from stance.cli.share_tables import show_plan, show_shares

SHARE = {
    "holder": "Raad van de Europese Unie",
    "side": "against",
    "month": "2024-01",
    "n": 1200,
    "n_gold": 300,
    "naive": 0.2,
    "corrected": 0.1534,
    "low": 0.1,
    "high": 0.2,
    "gain": 1.26,
    "flag": "",
}


def lines(capsys):
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")


def test_a_share_of_a_holder(capsys):
    show_shares([SHARE], ["month"], "share of x", 0.9)
    shown = lines(capsys)
    assert shown[0] == "share of x; 90 % intervals for the stream of documents"
    assert shown[2] == "holder side month n gold naive corrected interval gain flag"
    assert shown[3] == (
        "Raad van de Europese Unie against 2024-01 1,200 300 20.0 15.3 10.0 to 20.0 1.3"
    )
    assert len(shown) == 4


def test_what_is_too_thin_says_so_by_what_it_is(capsys):
    nothing = dict.fromkeys(("corrected", "low", "high", "gain"))
    show_shares([SHARE | nothing | {"flag": "3 gold"}], [], "share of x", 0.95)
    shown = " ".join(lines(capsys))
    assert "20.0 too thin" in shown
    assert "5 with or without the side" in shown
    record = {name: value for name, value in SHARE.items() if name not in ("holder", "side")}
    show_shares([record | {"label": "favor", "flag": "3 gold"}], [], "share of x", 0.95)
    assert "5 with or without the label" in " ".join(lines(capsys))


def test_headings_are_whole_where_the_terminal_is_narrow(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    show_shares([SHARE | {"flag": "3 gold"}], [], "share of x", 0.95)
    assert "corrected" in capsys.readouterr().out


def test_a_difference(capsys):
    change = {"holder": "Rusland", "side": "favor", "from": "a", "to": "b", "difference": 0.05}
    show_shares([change | {"low": -0.1, "high": 0.2, "flag": ""}], [], "share of x", 0.95)
    shown = lines(capsys)
    assert shown[2] == "holder side from to difference interval flag"
    assert shown[3] == "Rusland favor a b +5.0 -10.0 to 20.0"


def test_a_plan(capsys):
    record = {"label": "favor", "n": 2000, "naive": 0.3, "width_10": None, "width_1000": 0.1}
    show_plan([record], [10, 1000], "share of x", 0.95)
    assert lines(capsys)[-2:] == ["label n naive 10 1,000", "favor 2,000 30.0 10.0"]
