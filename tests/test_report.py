"""The page in a real browser: what it shows, what it lets run, and what its filters do."""

import subprocess
import sys
from pathlib import Path

import pytest
from browser import browser
from report_tables import EVIL, page, write, write_gold, write_manifest

ROOT = Path(__file__).parent.parent


def test_the_files_of_the_page_are_in_the_package():
    """The wheel holds the folder whole; what the code opens must be there, and nothing else."""
    found = {one.name for one in (ROOT / "stance" / "report").iterdir() if one.suffix != ".py"}
    assert found - {"__pycache__"} == {
        "page.html.j2",
        "page.css",
        "page.js",
        "nl.toml",
        "en.toml",
    }


def test_the_command_starts_without_the_packages_of_the_page():
    code = (
        "import sys; import stance.cli.commands, stance.report.page;"
        "print(sorted({'matplotlib', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "[]\n", done.stderr


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A corrected and an uncorrected page."""
    folder = tmp_path_factory.mktemp("pages")
    table = write(folder / "labels.parquet")
    write_manifest(table)
    gold = write_gold(folder / "gold.csv")
    for name, text in (("gold", page(table, gold, language="nl")), ("naive", page(table))):
        (folder / f"{name}.html").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


SHOWN = "[...document.querySelectorAll('#cards > li')].filter((one) => one.offsetHeight > 0)"
WIDE = "document.documentElement.scrollWidth"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gold", "naive"])
def test_it_asks_for_nothing_and_runs_nothing_of_others(seen, pages, name):
    seen.requests.clear()
    seen.open(pages / f"{name}.html")
    assert set(seen.requests) == {(pages / f"{name}.html").as_uri()}
    assert seen.complaints == []
    assert seen.run("document.scripts.length") == 1
    assert seen.run("document.images.length") == 0
    # even a script that got in would not be run
    seen.run("document.body.append(Object.assign(document.createElement('script'),"
             "{textContent: 'document.title = `ran`'}))")  # fmt: skip
    assert seen.run("document.title") != "ran"
    assert any("Content Security Policy" in one for one in seen.complaints)
    seen.complaints.clear()


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 390, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_every_screen_in_light_and_dark(seen, pages, width, scheme):
    for name in ("gold", "naive"):
        seen.look(width, scheme)
        seen.open(pages / f"{name}.html")
        assert seen.run(WIDE) <= width
        paper = seen.run("getComputedStyle(document.body).backgroundColor")
        assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}[scheme]
        # figures take the colours of the page, and their text is large enough to read
        fill = "getComputedStyle(document.querySelector('svg text[style*=ink]')).fill"
        assert seen.run(fill) == seen.run("getComputedStyle(document.body).color")
        smallest = seen.run(
            "Math.min(...[...document.querySelectorAll('svg text')].map((one) =>"
            "parseFloat(getComputedStyle(one).fontSize)"
            " * Math.hypot(one.getScreenCTM().a, one.getScreenCTM().b)))"
        )
        assert smallest >= (8 if width == 320 else 9.5)
        # no text of a figure is cut off
        assert seen.run(
            "[...document.querySelectorAll('svg')].every((svg) => {"
            "const box = svg.getBoundingClientRect();"
            "return [...svg.querySelectorAll('text')].every((one) => {"
            "const own = one.getBoundingClientRect();"
            "return own.left >= box.left - 1 && own.right <= box.right + 1"
            " && own.top >= box.top - 1 && own.bottom <= box.bottom + 1})})"
        )


@pytest.mark.slow
def test_the_filters_work_by_keyboard(seen, pages):
    seen.look(1200)
    seen.open(pages / "gold.html")
    assert seen.run(f"{SHOWN}.length") == 200
    seen.run("document.querySelector('#filters select').focus()")
    seen.press("t", 84, "t")  # the first option that begins with it: tegen
    against = seen.run(f"{SHOWN}.map((one) => one.querySelector('.label').textContent)")
    assert 0 < len(against) < 200
    assert {one.strip() for one in against} == {"▼ tegen"}
    assert seen.run("document.getElementById('shown').textContent") == str(len(against))
    option = f"[...document.querySelectorAll('option')].find((one) => one.text.includes({EVIL!r}))"
    seen.run(f"{option}.parentElement.value = {option}.value")
    seen.run("document.querySelector('#filters').dispatchEvent(new Event('input'))")
    both = seen.run(f"{SHOWN}.map((one) => one.textContent)")
    assert 0 < len(both) < len(against)
    assert all(EVIL in one for one in both)
    seen.run("document.querySelector('#filters input').focus()")
    for letter in "zzz":
        seen.press(letter, ord(letter.upper()), letter)
    assert seen.run(f"{SHOWN}.length") == 0
    assert seen.run("document.getElementById('none').offsetHeight") > 0
    seen.press("Tab", 9)
    assert seen.run("document.activeElement.type") == "reset"
    seen.press("Enter", 13, "\r")
    assert seen.run(f"new Promise((done) => setTimeout(() => done({SHOWN}.length), 50))") == 200
    assert seen.complaints == []


@pytest.mark.slow
def test_without_a_script_every_sentence_is_shown(seen, pages):
    seen.look(390)
    seen.open(pages / "naive.html", script=False)
    nodes = seen.send("DOM.getDocument", depth=0)["root"]["nodeId"]
    shown = seen.send("DOM.querySelectorAll", nodeId=nodes, selector="#cards > li")["nodeIds"]
    assert len(shown) == 200
    assert all(seen.send("DOM.getBoxModel", nodeId=one)["model"]["height"] for one in shown[::40])
    form = seen.send("DOM.querySelector", nodeId=nodes, selector="#filters")["nodeId"]
    style = seen.send("CSS.getComputedStyleForNode", nodeId=form)["computedStyle"]
    assert {"name": "display", "value": "none"} in style


@pytest.mark.slow
def test_those_who_hear_the_page_are_told_what_it_shows(seen, pages):
    seen.look(1200)
    seen.open(pages / "gold.html")
    nodes = seen.send("Accessibility.getFullAXTree")["nodes"]

    def named(role):
        found = [one for one in nodes if one["role"]["value"] == role and not one["ignored"]]
        return [one.get("name", {}).get("value", "") for one in found]

    figures = named("image")
    assert len(figures) == 6
    assert all((one.startswith("Figuur: ") and "%" in one) or "score" in one or "voor" in one
               for one in figures)  # fmt: skip
    assert all(named("combobox"))
    assert len(named("combobox")) == 5
    assert named("searchbox") == ["Woorden in de zin"]
    assert all(named("heading"))


@pytest.mark.slow
def test_it_can_be_printed_with_its_tables(seen, pages):
    seen.look(1200, "dark")
    seen.open(pages / "gold.html")
    seen.run("for (const one of document.querySelectorAll('details')) one.open = false")
    assert seen.pdf().startswith(b"%PDF-")
    seen.send("Emulation.setEmulatedMedia", media="print", features=[])
    assert seen.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert seen.run("document.querySelector('table').getBoundingClientRect().height") > 30
    seen.send("Emulation.setEmulatedMedia", media="", features=[])
