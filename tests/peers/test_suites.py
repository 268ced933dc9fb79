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


def test_the_page_of_corners_has_every_row_of_its_table_and_the_versions():
    corners = load("corner_rows").corners()
    page = (ROOT / "autograd" / "PEERS.md").read_text("utf-8")
    assert len(corners) >= 80
    assert not [corner.where for corner in corners if f"| {corner.where}" not in page]
    assert f"{len(corners)} corners" in page
    for requirement in (
        "0.12.0.1",
        "2.13.0",
        "3.8.2",
        "1.9.1",
    ):  # JAX, PyTorch, CasADi, HIPS autograd
        assert f"| {requirement} |" in page
