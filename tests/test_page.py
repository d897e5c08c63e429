"""The html of the page, read as a browser reads it."""

import base64
import hashlib
import re
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from conftest import write_jsonl
from report_tables import EVIL, page, rows, write, write_gold, write_manifest

from stance.errors import MissingExtraError, OutputError
from stance.report import page as page_module

VOID = {"meta", "br", "input", "img", "link", "hr"}


class Parsed(HTMLParser):
    """Every element with its attributes and its text; fails where tags do not match."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), (tag, attrs)
        self.elements.append([tag, dict(attrs), ""])
        if tag not in VOID:
            self.open.append(self.elements[-1])

    def handle_startendtag(self, tag, attrs):
        self.elements.append([tag, dict(attrs), ""])

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        for one in self.open:
            one[2] += data

    def all(self, tag, **attrs):
        return [
            one
            for one in self.elements
            if one[0] == tag and all(one[1].get(name) == value for name, value in attrs.items())
        ]

    def text(self, tag, **attrs):
        (one,) = self.all(tag, **attrs)
        return " ".join(one[2].split())


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = write(tmp_path_factory.mktemp("page") / "labels.parquet")
    write_manifest(path)
    return path


@pytest.fixture(scope="module")
def corrected(table):
    return page(table, write_gold(table.with_name("gold.csv")), language="nl")


@pytest.fixture(scope="module")
def naive(table):
    return page(table)


def test_it_is_small_whole_and_asks_for_nothing(corrected, naive):
    for text in (corrected, naive):
        assert len(text.encode()) < 500_000
        found = Parsed(text)
        for _, attrs, _ in found.elements:
            for name in ("src", "srcset", "href", "action", "data", "poster", "background"):
                assert attrs.get(name, "#").startswith("#"), attrs
        assert not found.all("link") + found.all("img") + found.all("iframe")
        assert "http" not in text.replace("http-equiv", "")
        assert "@import" not in text
        assert "url(" not in re.sub(r"url\(#", "", text)


def test_only_our_script_may_run(corrected):
    found = Parsed(corrected)
    (script,) = found.all("script")
    policy = found.all("meta", **{"http-equiv": "Content-Security-Policy"})[0][1]["content"]
    digest = base64.b64encode(hashlib.sha256(script[2].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    names = {name for _, attrs, _ in found.elements for name in attrs}
    assert not [name for name in names if name.startswith("on")]


def test_markup_of_others_is_text_everywhere(corrected):
    found = Parsed(corrected)
    assert EVIL in found.text("section", id="by-1")
    assert any(EVIL in one[2] for one in found.all("option"))
    sentences = found.all("p", **{"class": "sentence"})
    assert all("zegt <img src=x onerror=alert(1)> </script>" in one[2] for one in sentences)
    assert EVIL[:20] in " ".join(one[2] for one in found.all("text"))
    assert EVIL not in found.text("script")
    assert EVIL in found.text("desc", id="by-1-figure-d")


def test_names_of_columns_files_and_manifests_are_text_too(tmp_path):
    column, evil = '<b onclick="x">', '"><script>alert(2)</script>'
    table = [row | {column: evil, "target": evil} for row in rows(60)]
    for row in table:
        row["holders"] = [dict(one, actor=evil) for one in row["holders"]]
    path = write_jsonl(tmp_path / "<i>&.jsonl", table)
    write_manifest(path, 60, folder=evil)
    found = Parsed(page(path, by=(column,)))
    assert len(found.all("script")) == 1
    assert not found.all("b") + found.all("i")
    assert column in found.text("section", id="by-1")
    assert evil in found.text("section", id="holders")
    assert evil in found.text("section", id="manifest")
    assert "<i>&.jsonl" in found.all("title")[0][2]


def test_control_characters_are_shown_not_sent(tmp_path):
    table = [row | {"outlet": "a\u202eb\x00c\ufffe", "sentence": "x\x1b[31m"} for row in rows(30)]
    text = page(write_jsonl(tmp_path / "t.jsonl", table))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufffe]", text)
    assert r"x\x1b[31m" in text


def test_corrected_shares_stand_with_their_intervals(corrected, table):
    from stance.findings import shares
    from stance.gold import read_gold
    from stance.labelled import open_labelled, read_labelled

    read = read_labelled(open_labelled(table))
    records = shares(read, read_gold(table.with_name("gold.csv"), read), [])
    cells = [" ".join(one[2].split()) for one in Parsed(corrected).all("td")][:3]
    assert len(records) == 3
    for cell, one in zip(cells, records, strict=True):
        names = ("corrected", "low", "high", "naive")
        share, low, high, naive = (f"{100 * one[name]:.1f}".replace(".", ",") for name in names)
        assert cell == f"{share} % {low} tot {high} ({naive} %)"
    assert "Deze aandelen zijn gecorrigeerd" in corrected
    assert "ongecorrigeerd</text>" not in corrected


def test_uncorrected_shares_are_announced_and_have_no_interval(naive):
    found = Parsed(naive)
    note = found.text("div", role="note")
    assert "These shares are uncorrected" in note
    assert "stance sample" in note
    cells = [one[2] for one in found.all("td") if "%" in one[2]]
    assert cells
    assert not [one for one in cells if " to " in one]
    assert "uncorrected</text>" in naive


def test_what_was_left_out_and_the_manifest_are_told(naive, tmp_path):
    found = Parsed(naive)
    left = [" ".join(one[2].split("\n")).strip() for one in found.all("tr")]
    left = " ".join(re.sub(r"^(\d+)", r"\1 ", one) for one in left)
    assert "3 rows that could not be labelled" in left
    assert "6 sentences with a score below" in left
    assert "2 rows that seem to be in another language" in left
    manifest = found.text("section", id="manifest")
    assert "0" * 64 in manifest
    assert "small-dutch" in manifest
    bare = write(tmp_path / "t.parquet", rows(30))
    text = Parsed(page(bare))
    assert "there is no t.parquet.manifest.json beside the table" in text.text("section", id="left")
    assert "no manifest" in text.text("section", id="manifest")
    write_manifest(bare, 31)
    assert "it is of another table" in Parsed(page(bare)).text("section", id="left")


def test_calibration_is_measured_on_the_sample_or_said_to_be_unknown(corrected, naive):
    known, unknown = (Parsed(one).text("section", id="calibration") for one in (corrected, naive))
    assert "Gemeten op de 120 gecodeerde zinnen" in known
    assert "Not known: another model" in unknown


def test_it_can_be_used_by_everyone(corrected, naive):
    for text, language in ((corrected, "nl"), (naive, "en")):
        found = Parsed(text)
        assert found.all("html")[0][1]["lang"] == language
        assert found.all("meta", name="viewport")
        ids = [attrs["id"] for _, attrs, _ in found.elements if "id" in attrs]
        assert len(ids) == len(set(ids))
        for _, attrs, _ in found.elements:
            for one in attrs.get("aria-labelledby", "").split():
                assert one in ids
        figures = found.all("svg")
        assert len(figures) == len(found.all("figure")) > 0
        assert all(one[1]["role"] == "img" and "aria-labelledby" in one[1] for one in figures)
        assert len(found.all("table")) == len(figures) + 1  # each has one, and what was left out
        for select in found.all("select") + found.all("input"):
            assert any(select[1]["name"] in attrs.values() for _, attrs, _ in found.elements)
        labels = found.all("label")
        assert len(labels) == len(found.all("select")) + len(found.all("input"))
        assert all(one[2].strip() for one in labels)
        headings = [int(tag[1]) for tag, _, _ in found.elements if re.fullmatch("h[1-6]", tag)]
        assert headings[0] == 1
        assert set(headings[1:]) == {2}
        linked = {one[1]["href"][1:] for one in found.all("a")}
        assert linked == {one[1]["id"] for one in found.all("section")}
        assert all(one[1]["lang"] == "nl" for one in found.all("p", **{"class": "sentence"}))


def test_without_a_script_every_sentence_is_shown(naive):
    found = Parsed(naive)
    cards = [one for one in found.all("li") if "data-f0" in one[1]]
    assert len(cards) == 200
    assert not [one for one in cards if "hidden" in one[1]]
    assert "hidden" in found.all("form")[0][1]


def test_holders_are_marked_with_name_and_side(corrected):
    marks = Parsed(corrected).all("mark")
    assert marks
    assert {" ".join(one[2].split()) for one in marks} == {
        "Het Kremlin [Rusland: voor]",
        "Het Kremlin [Rusland: tegen]",
    }
    assert "de schrijver: tegen" in corrected


def test_the_same_call_gives_the_same_page(table, corrected):
    assert page(table, table.with_name("gold.csv"), language="nl") == corrected


def test_whatever_a_table_holds_the_page_stays_small(tmp_path, monkeypatch):
    table = rows(400)
    for number, row in enumerate(table):
        row["sentence"] = "\u202e" * 5000
        row["outlet"] = f"{number}" + "'" * 3000
        row["target"] = f"{number}" + '"' * 3000
        one = {"actor": f"{number}" + "<" * 3000, "stance": "favor", "text": "x"}
        row["holders"] = [one | {"start": i, "end": i + 1, "score": 1.0} for i in range(40)]
    path = write(tmp_path / "t.parquet", table)
    text = page(path)
    assert len(text.encode()) < page_module.MOST_BYTES
    monkeypatch.setattr(page_module, "MOST_BYTES", 10_000)
    with pytest.raises(OutputError, match=r"its page would be .* bytes, expected less than 10,000"):
        page(path)


def test_a_missing_package_is_named(table, monkeypatch):
    for name in ("matplotlib", "jinja2"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, name, None)
            with pytest.raises(MissingExtraError, match=name) as raised:
                page(table)
            assert "pip install 'stance-nl[report]'" in str(raised.value)


def schemes():
    """The colours of the page, light and dark."""
    css = (page_module._HERE / "page.css").read_text("utf-8")
    light, dark, printed = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part))
        for part in re.findall(r":root {(.*?)}", css, re.DOTALL)
    )
    return {"light": light, "dark": dark, "print": printed}


def channels(color):
    """Linear red, green and blue, 0 to 1."""
    parts = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one, two):
    """Source: WCAG 2.2, contrast ratio."""
    dark, light = sorted(float(channels(x) @ [0.2126, 0.7152, 0.0722]) for x in (one, two))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_every_colour_of_text_has_contrast(scheme):
    colors = schemes()[scheme]
    for name in ("ink", "muted", "link", "favor", "against", "neutral", "unrelated", "other"):
        for paper in ("paper", "raised"):
            assert contrast(colors[name], colors[paper]) >= 4.5, (name, paper)
    for name in ("ink", "warn"):
        assert contrast(colors[name], colors["warn-paper"]) >= 4.5, name


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize("kind", ["protan", "deutan"])
def test_sides_differ_for_the_colour_blind(scheme, kind):
    """Source: Machado, Oliveira and Fernandes 2009, full severity; CIE 1976 colour difference."""
    seen = {
        "protan": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]],
        "deutan": [[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
    }[kind]
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]

    def lab(color):
        x, y, z = np.cbrt(np.array(to_xyz) @ np.clip(np.array(seen) @ channels(color), 0, 1)
                          / [0.9505, 1, 1.089])  # fmt: skip
        return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])

    colors = schemes()[scheme]
    names = ("favor", "against", "neutral")
    for i, one in enumerate(names):
        for two in names[i + 1 :]:
            assert np.linalg.norm(lab(colors[one]) - lab(colors[two])) > 20, (one, two)
