"""The page about samples runs."""

import doctest
from pathlib import Path

import assurance.draws

ROOT = Path(__file__).resolve().parents[2]


def test_the_examples_of_the_page_and_the_modules():
    """Every example gives what it says."""
    page = doctest.testfile(str(ROOT / "docs" / "sampling.md"), module_relative=False)
    module = doctest.testmod(assurance.draws)
    assert (page.failed, module.failed) == (0, 0)
    assert page.attempted > 8
    assert module.attempted == 1
