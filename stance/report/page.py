"""A labelled table, its sample and its manifest -> one html file that needs nothing else.

Text of others is escaped wherever it stands: in html and its attributes by jinja2, in figures as
text of the svg. None of it is put into the script, whose digest is the only one that the page's
policy allows to run.
"""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from stance import __version__
from stance.errors import MissingExtraError, OutputError
from stance.groups import make_groups
from stance.labels import SIDES
from stance.prevalence import LEAST_DOCUMENTS, LEAST_EVENTS, LEAST_GOLD
from stance.readers import Table
from stance.report import provenance, svg
from stance.report.cards import make_cards
from stance.report.reliability_plot import curve
from stance.report.sections import holder_section, period, share_sections
from stance.report.share_plots import interval
from stance.report.study import DEFAULT, Study, View, read_study
from stance.report.words import Words, legible

MOST_BYTES: Final = 2_000_000
"""Of a page: it is sent by mail and opened on phones."""
_HERE: Final = Path(__file__).parent
_SYMBOLS: Final = {"favor": "▲", "against": "▼", "neutral": "●", "unrelated": "■"}
"""As the markers of the figures."""
_OTHER_SECTIONS: Final = ("holders", "examples", "calibration", "left", "manifest")


def check_installed() -> None:
    """Check that the packages are there that a page is made with.

    Raises:
        MissingExtraError: if they are not.
    """
    try:
        import jinja2  # noqa: F401
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            f"{error.name} is not installed; a report needs `pip install 'stance-nl[report]'`."
        ) from None


def make_report(
    source: Table,
    gold: Path | None = None,
    view: View = DEFAULT,
    *,
    document: str | None = None,
    model: str | Path | None = None,
    encoding: str = "utf-8",
    progress: Callable[[int], None] = lambda _: None,
) -> str:
    """Read a labelled table and make its page.

    The arguments are those of `stance.report.study.read_study`.

    Returns:
        The text of an html file. The same arguments and versions give the same one.

    Raises:
        MissingExtraError: if matplotlib or jinja2 is not installed.
        StanceError: as `read_study` and `make_page`.
    """
    check_installed()
    study = read_study(
        source, gold, view, document=document, model=model, encoding=encoding, progress=progress
    )
    return make_page(study, view)


def make_page(study: Study, view: View) -> str:
    """Make the page of what was read.

    Returns:
        The text of an html file, less than `MOST_BYTES` long.

    Raises:
        ConfigError: if the labels lack ``unrelated`` and the shares are of ``stance``.
        InputError: if a date is none.
        MissingExtraError: if matplotlib or jinja2 is not installed.
        OutputError: if the page is too large.
    """
    check_installed()
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("page.html.j2").render(_contents(study, view)) + "\n"
    size = len(page.encode())
    if size >= MOST_BYTES:
        raise OutputError(
            f"{study.table.path}: its page would be {size:,} bytes, expected less than "
            f"{MOST_BYTES:,}; name fewer columns with --by, fewer --examples, or --time year."
        )
    return page


def _finalize(value: Any) -> Any:
    """Text of others without control characters; ours, as `Markup`, as it is."""
    return legible(value) if type(value) is str else value


def _contents(study: Study, view: View) -> dict[str, Any]:
    """What the template is filled with."""
    words = Words(view.language)
    parts = share_sections(study, view, words)
    script = (_HERE / "page.js").read_text("utf-8")
    others = [(name, words(f"{name}_title")) for name in _OTHER_SECTIONS]
    return {
        "words": words,
        "view": view,
        "name": study.table.path.name,
        "n": len(study.table.ids),
        "corrected": study.gold is not None,
        "n_gold": 0 if study.gold is None else len(study.gold.rows),
        "level": words.percent(view.level, 0 if round(100 * view.level, 6).is_integer() else 1),
        "least": {"gold": LEAST_GOLD, "events": LEAST_EVENTS, "documents": LEAST_DOCUMENTS},
        "facts": _facts(study, words),
        "contents": [*((one.id, one.title) for one in parts), *others],
        "parts": parts,
        "interval": interval,
        "holders": holder_section(study, words),
        "sides": SIDES,
        "examples": make_cards(study, view, words),
        "reliability": _reliability(study, words),
        "manifest": study.manifest,
        "manifest_fits": study.manifest_fits,
        "manifest_text": provenance.shown(study.manifest) if study.manifest else "",
        "counted": provenance.COUNTED,
        "version": __version__,
        "options": _options(study, view),
        "known": svg.LABELS,
        "symbols": defaultdict(lambda: "◆", _SYMBOLS),
        "style": (_HERE / "page.css").read_text("utf-8"),
        "script": script,
        "policy": _policy(script),
    }


def _facts(study: Study, words: Words) -> list[tuple[str, str]]:
    table, time = study.table, period(study)
    facts = [
        (words("file"), table.path.name),
        (words("sentences"), words.count(len(table.ids))),
        (words("documents"), words.count(len(np.unique(table.labelled.documents)))),
    ]
    if time is not None:
        keys = make_groups(table.columns, [time], len(table.ids), table.path).keys
        facts.append((words("time_span"), words("to", low=keys[0][0], high=keys[-1][0])))
    if study.gold is not None:
        facts.append((words("coded"), words.count(len(study.gold.rows))))
    return facts


def _reliability(study: Study, words: Words) -> dict[str, Any]:
    found = study.reliability
    if isinstance(found, str):
        return {"found": None, "missing": found}
    title = words("figure_of", title=words("calibration_title"))
    return {"found": found, "figure": curve(found, "calibration-figure", title, words)}


def _options(study: Study, view: View) -> str:
    """The options that the page was made with."""
    by = ",".join(study.by) or "(nothing)"
    return (
        f"--by {by} --time {view.time} --of {view.of} --level {view.level:g} "
        f"--examples {view.examples} --seed {view.seed}"
    )


def _policy(script: str) -> str:
    """What the browser is to allow: our style, our script, and nothing from anywhere else."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        "default-src 'none'; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
