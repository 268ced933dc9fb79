"""Machine code on disk: found again, never trusted blindly, never in the way."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from processors import needs_x86

from autograd.backends.llvm import engine, object_cache
from autograd.backends.llvm.engine import NativeCode

TEXT = "define double @twice(double %x) {\n%y = fadd double %x, %x\nret double %y\n}\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "inner" / "cache"
    monkeypatch.setenv("AUTOGRAD_CACHE", str(folder))
    monkeypatch.setattr(object_cache, "WORTH", 0.0)
    return folder


def entries(place: Path) -> list[Path]:
    return sorted(place.glob("*")) if place.exists() else []


def compiles(monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether making the code asks LLVM to parse it, and see that it runs."""
    import ctypes

    llvm = engine.binding()
    parsed: list[str] = []
    parse = llvm.parse_assembly
    with monkeypatch.context() as patch:
        patch.setattr(llvm, "parse_assembly", lambda text: (parsed.append(text), parse(text))[1])
        code = NativeCode(TEXT, 1)
    twice = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(code.address("twice"))
    assert twice(1.5) == 3.0
    return TEXT in parsed


def test_what_was_compiled_once_is_found_again(place: Path, monkeypatch: Any) -> None:
    assert compiles(monkeypatch)
    assert not compiles(monkeypatch)
    assert len(entries(place)) == 1
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE(entries(place)[0].stat().st_mode) == 0o600


def test_off_means_no_folder(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("AUTOGRAD_CACHE", "off")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(object_cache, "WORTH", 0.0)
    assert compiles(monkeypatch)
    assert compiles(monkeypatch)
    assert not entries(tmp_path)


@pytest.mark.parametrize("damage", ["cut", "empty", "bit", "another", "text"])
def test_an_entry_that_is_not_whole_is_ignored_and_replaced(
    place: Path, monkeypatch: Any, damage: str
) -> None:
    assert compiles(monkeypatch)
    (entry,) = entries(place)
    whole = entry.read_bytes()
    changed = {
        "cut": whole[:-5],
        "empty": b"",
        "bit": whole[:-1] + bytes([whole[-1] ^ 1]),
        "another": whole.replace(entry.stem.encode(), b"0" * 64),
        "text": b"not an object",
    }[damage]
    entry.write_bytes(changed)
    assert compiles(monkeypatch)
    assert not compiles(monkeypatch)


def test_nothing_is_loaded_from_what_others_may_write(place: Path, monkeypatch: Any) -> None:
    assert compiles(monkeypatch)
    (entry,) = entries(place)
    for path, mode in ((place, 0o777), (place, 0o770), (entry, 0o666)):
        before = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode)
        assert compiles(monkeypatch)
        path.chmod(before)
    assert not compiles(monkeypatch)
    moved = place.with_name("moved")
    place.rename(moved)
    place.symlink_to(moved)
    assert compiles(monkeypatch)


@needs_x86
def test_what_writes_code_for_a_processor_is_made_once_and_writes_what_a_new_one_would(
    monkeypatch: Any,
) -> None:
    def written(level: int, target: str | None) -> list[bytes]:
        kept: list[bytes] = []
        with monkeypatch.context() as patch, engine.compiling_for(target):
            patch.setattr(object_cache, "load", lambda key: None)
            patch.setattr(object_cache, "store", lambda key, codes: kept.extend(codes))
            NativeCode(TEXT, level)
        return kept

    monkeypatch.setattr(object_cache, "WORTH", 0.0)
    asked = [(level, target) for level in (1, 2) for target in ("avx2", "sse2", None)]
    machines: dict[Any, Any] = {}
    monkeypatch.setattr(engine, "_machines", machines)
    first = {each: written(*each) for each in asked}
    assert len(machines) == len(asked)
    kept = {**machines}
    assert {each: written(*each) for each in asked} == first
    assert machines == kept
    for each in asked:
        machines.clear()
        assert written(*each) == first[each]
    assert first[1, "avx2"] != first[1, "sse2"]


@needs_x86
def test_another_processor_has_entries_of_its_own(place: Path, monkeypatch: Any) -> None:
    for name in (None, "avx2", "sse2"):
        with engine.compiling_for(name):
            assert compiles(monkeypatch)
            assert not compiles(monkeypatch)
    assert len(entries(place)) == 3


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path: Path, monkeypatch: Any) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    monkeypatch.setattr(object_cache, "WORTH", 0.0)
    monkeypatch.setenv("AUTOGRAD_CACHE", str(file))
    assert compiles(monkeypatch)
    monkeypatch.setenv("AUTOGRAD_CACHE", str(tmp_path / "full"))

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert compiles(monkeypatch)
    assert not entries(tmp_path / "full")


def test_the_folder_is_bounded_and_the_oldest_go(place: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(object_cache, "LARGEST", 3000)
    for number in range(5):
        object_cache.store(object_cache.key_of(number), [bytes(800)])
        for age, entry in enumerate(entries(place)):
            if object_cache.key_of(0) in entry.name:
                os.utime(entry, (2e9, 2e9))  # used all the time
            else:
                os.utime(entry, (1e9 + age, 1e9 + age))
    assert sum(entry.stat().st_size for entry in entries(place)) <= 3000
    assert object_cache.load(object_cache.key_of(0)) == [bytes(800)]


def test_processes_that_write_at_once_disturb_nobody(place: Path) -> None:
    code = (
        "from autograd.backends.llvm import object_cache as cache\n"
        "for number in range(40):\n"
        "    key = cache.key_of(number % 7)\n"
        "    found = cache.load(key)\n"
        "    assert found in (None, [b'x' * 5000 + bytes([number % 7])])\n"
        "    cache.store(key, [b'x' * 5000 + bytes([number % 7])])\n"
    )
    command = [sys.executable, "-c", code]
    running = [subprocess.Popen(command, env={**os.environ}) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert len(entries(place)) == 7
