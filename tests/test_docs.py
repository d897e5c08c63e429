"""Pages that walk through a study show what their commands print."""

import pytest
from pages import ROOT, check, make_checkout

WALKS = {"annotation.md": 10, "shares.md": 8, "tutorial.md": 9}
"""Pages, and how many commands each has."""


@pytest.mark.slow
@pytest.mark.parametrize("name", WALKS)
def test_the_commands_of_a_page(name, tmp_path):
    assert check(ROOT / "docs" / name, make_checkout(tmp_path)) >= WALKS[name]
