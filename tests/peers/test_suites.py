"""Our side of what peers' test suites hold, row by row, and the pages made from the tables."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "benchmarks" / "peers"


def load(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


TABLE = load("suite_rows").rows()


@pytest.mark.parametrize("row", TABLE, ids=[row.holds.replace(" ", "_")[:70] for row in TABLE])
def test_our_side_of_a_peers_test_holds(row):
    assert row.check()


def test_the_page_of_suites_is_made_from_its_table():
    page = (ROOT / "autograd" / "PEERS_SUITES.md").read_text("utf-8")
    assert page == load("suites").page(TABLE)
