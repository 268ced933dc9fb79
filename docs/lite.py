#!/usr/bin/env python3
"""Build the course as plain files that run in a browser: JupyterLite on Pyodide.

    pip install -e '.[docs]'
    python docs/lite.py build/site/lite   # needs npm, for Pyodide itself
    python -m http.server --directory build/site   # http://localhost:8000/lite/lab/index.html

Everything comes from packages: JupyterLite from PyPI, Pyodide from npm, and the wheels that the
kernel and the course need from PyPI, in the versions that Pyodide names. They lie beside the page,
so notebooks 1 to 6, 8 and 9 run without any other address; NumPy and Matplotlib are built for
Pyodide alone, and come from its own address when a notebook imports them. There is no LLVM.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_VERSION

ROOT = Path(__file__).resolve().parent.parent
ROOM = ROOT / "build" / "lite"
KERNEL = "ipython jedi traitlets packaging micropip pygments decorator comm".split()
COURSE = ["sympy", "hypothesis", "tqdm", "graphviz"]  # for pictures and for the checks of exercises
ALWAYS = ["scalar-autograd", "sympy", "hypothesis"]  # there before the first cell runs
PLATFORM = ["--only-binary=:all:", "--python-version=3.14", "--implementation=cp"]
PLATFORM += ["--abi=cp314", "--abi=none", "--platform=pyemscripten_2026_0_wasm32", "--platform=any"]


def run(*command: str | Path, **settings: object) -> str:
    """Run a program; its output is shown if it fails."""
    done = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, check=False, **settings
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def pyodide() -> Path:
    """Return the folder with Pyodide's core, from npm."""
    folder = ROOM / "static" / "pyodide"
    shutil.rmtree(folder, ignore_errors=True)
    archive = run("npm", "pack", "--silent", f"pyodide@{PYODIDE_VERSION}", cwd=ROOM).strip()
    with tarfile.open(ROOM / archive.splitlines()[-1]) as packed:
        packed.extractall(ROOM / "npm", filter="data")
    folder.mkdir(parents=True)
    for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"):
        shutil.copy(ROOM / "npm" / "package" / name, folder)
    return folder


def own_wheel(folder: Path) -> Path:
    """Return our wheel of plain Python."""
    without = {**os.environ, "AUTOGRAD_NATIVE": "off"}
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT, env=without)
    (wheel,) = folder.glob("scalar_autograd-*-py3-none-any.whl")
    return wheel


def normal(name: str) -> str:
    """Return a package's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def downloaded(name: str, version: str | None, folder: Path) -> Path:
    """Return a wheel from PyPI that runs on Pyodide."""
    before = {*folder.glob("*.whl")}
    wanted = f"{name}=={version}" if version else name
    run(sys.executable, "-m", "pip", "download", "-q", "--no-deps", *PLATFORM, "-d", folder, wanted)
    fresh = {*folder.glob("*.whl")} - before
    named = [w for w in {*fresh, *before} if normal(w.name.split("-")[0]) == normal(name)]
    return named[0]


def locked(folder: Path) -> None:
    """Write Pyodide's list of packages: those beside it, all others at their own address."""
    lock = json.loads((ROOM / "npm" / "package" / "pyodide-lock.json").read_text(encoding="utf-8"))
    packages = lock["packages"]
    for entry in packages.values():
        entry["file_name"] = f"{PYODIDE_CDN_URL}/{entry['file_name']}"
    needed, open_names = set(), [*KERNEL, *COURSE]
    while open_names:
        name = normal(open_names.pop())
        if name not in needed:
            needed.add(name)
            open_names += packages.get(name, {"depends": []})["depends"]
            open_names += ["sortedcontainers"] if name == "hypothesis" else []
    for name in sorted(needed):
        known = packages.get(name)
        wheel = downloaded(name, known and known["version"], folder)
        depends = known["depends"] if known else []
        imports = known["imports"] if known else [name.replace("-", "_")]
        packages[name] = entry_of(
            name, wheel, depends + ["sortedcontainers"] * (name == "hypothesis"), imports
        )
    ours = own_wheel(folder)
    packages["scalar-autograd"] = entry_of(
        "scalar-autograd", ours, ["graphviz", "tqdm"], ["autograd", "nn"]
    )
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def entry_of(name: str, wheel: Path, depends: list[str], imports: list[str]) -> dict[str, object]:
    """Return what Pyodide's list says of a package that lies beside it."""
    return {
        "name": name,
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": imports,
        "depends": depends,
        "unvendored_tests": False,
    }


def contents() -> Path:
    """Return the folder with the course as readers get it."""
    folder = ROOM / "course"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in [*(ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"), ROOT / "notebooks/course.py"]:
        shutil.copy(file, folder)
    shutil.copy(ROOT / "notebooks" / "README.md", folder)
    return folder


def size(folder: Path, without: Path | None = None) -> float:
    """Return the size of a folder in megabytes, leaving out what is in another."""
    files = (file for file in folder.rglob("*") if file.is_file())
    kept = (f for f in files if without is None or not f.is_relative_to(without))
    return sum(file.stat().st_size for file in kept) / 1e6


def main(output: str) -> None:
    """Build into a folder, and say how large it is."""
    target = Path(output).resolve()
    for old in (target, ROOM):  # JupyterLite remembers what it has done, and would leave it out
        shutil.rmtree(old, ignore_errors=True)
    ROOM.mkdir(parents=True)
    locked(pyodide())
    kernel = "@jupyterlite/pyodide-kernel-extension:kernel"
    settings = {
        "exposeAppInBrowser": True,
        "litePluginSettings": {kernel: {"loadPyodideOptions": {"packages": ALWAYS}}},
    }
    configuration = {"jupyter-lite-schema-version": 0, "jupyter-config-data": settings}
    (ROOM / "jupyter-lite.json").write_text(json.dumps(configuration), encoding="utf-8")
    build = [sys.executable, "-m", "jupyterlite_core.app", "build", "--apps", "lab"]
    build += ["--no-sourcemaps", "--no-unused-shared-packages", "--force"]
    run(*build, "--contents", contents(), "--output-dir", target, cwd=ROOM)
    beside = target / "static" / "pyodide"
    print(f"{size(target, beside):.1f} MB, and {size(beside):.1f} MB of Pyodide and wheels")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "build/site/lite")
