"""The gallery's script runs, and what it draws has no fault to the eye."""

import runpy
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from render_cases import faults

import autograd

ROOT = Path(__file__).parents[2]


def test_the_gallery_is_ten_pictures_without_fault(tmp_path, monkeypatch):
    drawn = []
    original = autograd.graph

    def recording(*arguments, **named):
        drawn.append(original(*arguments, **named))
        return drawn[-1]

    monkeypatch.setattr(autograd, "graph", recording)
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(ROOT / "notebooks" / "gallery.py"))
    names = sorted(path.name for path in (tmp_path / "gallery").iterdir())
    assert names == sorted(path.name for path in (ROOT / "notebooks" / "gallery").glob("*.svg"))
    assert len(names) == len(drawn) == 10
    for picture in drawn:
        assert faults(picture.layout) == []
    for path in (tmp_path / "gallery").iterdir():
        ElementTree.fromstring(path.read_text())
        assert path.stat().st_size < 100_000
