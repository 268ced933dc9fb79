"""Measure what other engines answer at the corners and write autograd/PEERS.md.

    python benchmarks/peers/corners.py                        environments in a temporary folder
    python benchmarks/peers/corners.py --environments FOLDER  made there once, kept, used again
    python benchmarks/peers/corners.py --only torch jax_new   ask these again, keep the others

Needs pip, the Pythons named below (`python3.11` ...; pyenv's are found) and, for tinygrad, clang.
Takes about ten minutes on two cores once the environments stand. Answers are kept beside them.
Not for CI: the suite asserts our own column (tests/peers/test_corners.py), and this script refuses
to write a row that the suite does not test or that fails there.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from math import inf, isinf, isnan
from pathlib import Path

from corner_rows import REFUSED, SECTIONS, Corner, corners, identifier

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = ROOT / "autograd" / "PEERS.md"


@dataclass(frozen=True)
class Peer:
    """An engine to ask: its adapter in engines.py, its environment, and what the page calls it."""

    name: str
    family: str
    label: str
    requirements: tuple[str, ...]
    adapter: str
    python: str = "3.13"
    float32: bool = False


def peer(name, family, label, *requirements, adapter=None, **more):
    return Peer(name, family, label, requirements, adapter or name, **more)


PEERS = (
    peer("jax_old", "JAX", "JAX 0.10", "jax==0.10.2", adapter="jax", python="3.11"),
    peer("jax_new", "JAX", "JAX 0.12", "jax==0.12.0.1", adapter="jax"),
    peer("jax_single", "JAX in float32", "JAX 0.12, float32 (its default)", "jax==0.12.0.1",
         float32=True),
    peer("torch", "PyTorch", "PyTorch", "torch==2.13.0", "numpy", python="3.11"),
    peer("casadi_sx", "CasADi", "CasADi SX", "casadi==3.8.2", adapter="casadi"),
    peer("casadi_mx", "CasADi", "CasADi MX", "casadi==3.8.2"),
    peer("pytensor", "PyTensor", "PyTensor", "pytensor==3.3.7"),
    peer("tinygrad", "tinygrad", "tinygrad", "tinygrad==0.14.0"),
    peer("mlx", "MLX", "MLX", "mlx[cpu]==0.32.4", float32=True),
    peer("hips", "HIPS autograd", "HIPS autograd", "autograd==1.9.1", "scipy"),
    peer("mygrad", "MyGrad", "MyGrad", "mygrad==2.5.0"),
    peer("advect", "advect", "advect", "advect==0.3.1", "scipy"),
    peer("dualpy", "dualpy", "dualpy", "dualpy==0.1.0"),
    peer("ddx", "ddx", "ddx", "ddx-ad==4.3.0"),
    peer("xad", "XAD", "XAD", "xad==1.5.2", python="3.11"),
    peer("num_dual", "num-dual", "num-dual", "num-dual==0.15.1", "numpy"),
    peer("fastdual", "fastdual", "fastdual", "fastdual==0.3.1"),
    peer("ad", "ad", "ad", "ad==1.5.1"),
    peer("uncertainties", "uncertainties", "uncertainties", "uncertainties==3.2.3"),
    peer("sympy", "SymPy", "SymPy", "sympy==1.14.0"),
    peer("micrograd", "micrograd", "micrograd", "micrograd==0.1.0"),
)  # fmt: skip


def interpreter(version: str) -> str:
    """The Python of a version, from PATH or pyenv."""
    for candidate in (
        f"python{version}",
        *sorted(map(str, (Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))),
    ):
        try:
            subprocess.run([candidate, "-c", ""], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    raise SystemExit(f"corners.py: no Python {version}: install it, or put it on PATH")


def environment(folder: Path, who: Peer) -> Path:
    """The Python of this peer's environment, which is made where it is not there."""
    home = folder / "-".join((who.requirements[0].replace("==", "-"), who.python))
    python = home / "bin" / "python"
    if not python.exists():
        print(f"  installing {', '.join(who.requirements)}", flush=True)
        subprocess.run([interpreter(who.python), "-m", "venv", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *who.requirements], check=True)
    return python


def ask(folder: Path, who: Peer) -> dict:
    """What this peer answers, with its version."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [environment(folder, who), HERE / "answer.py", who.adapter, who.requirements[0]],
        env=clean, cwd=folder, capture_output=True, text=True, timeout=1800,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"corners.py: {who.label} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def tested() -> None:
    """Refuse to go on unless the suite holds our answer to every question, and it holds."""
    command = [sys.executable, "-m", "pytest", "-q", "tests/peers/test_corners.py"]
    listed = subprocess.run(
        [*command, "--collect-only"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    missing = [
        identifier(corner, question)
        for corner in corners()
        for question in corner.right
        if f"[{identifier(corner, question)}]" not in listed
    ]
    if missing:
        raise SystemExit(f"corners.py: the suite has no test of our answer to {missing}")
    if subprocess.run(command, cwd=ROOT).returncode:
        raise SystemExit("corners.py: our own answers are not the right ones")


# ---------------------------------------------------------------------------------- comparing


def beyond_float32(corner: Corner) -> bool:
    """Whether a point lies where float32 has no numbers."""
    sizes = [abs(float(x)) for x in corner.at]
    return any(1e37 < size < inf or 0 < size < 1e-37 for size in sizes)


def agree(mine: float, theirs: float, tolerance: float) -> bool:
    if isnan(mine) or isnan(theirs):
        return isnan(mine) and isnan(theirs)
    return mine == theirs or abs(mine - theirs) <= tolerance * abs(mine)


def spelled(number: float) -> str:
    if isinf(number):
        return "inf" if number == inf else "-inf"
    short = f"{number:.4g}"
    return "0" if float(short) == 0 and number == 0 else short


def written(reply) -> str:
    """An answer in the page: numbers, or the name of the error."""
    if isinstance(reply, str):
        return reply.split(":")[0] if ":" in reply else reply
    numbers = [spelled(number) for number in reply]
    return numbers[0] if len(numbers) == 1 else f"({', '.join(numbers)})"


def verdict(corner: Corner, question: str, who: Peer, modes: dict) -> str | None:
    """`same`, nothing where it has no such function, or its answers as the page says them."""
    right = corner.right[question]
    known = {mode: reply for mode, reply in modes.items() if reply != "absent"}
    if not known or (who.float32 and beyond_float32(corner)):
        return None
    tolerance = 2e-6 if who.float32 else 1e-9

    def fits(reply):
        if right == REFUSED or isinstance(reply, str):
            return right == REFUSED and isinstance(reply, str)
        return len(reply) == len(right) and all(
            agree(mine, theirs, tolerance) for mine, theirs in zip(right, reply, strict=True)
        )

    groups: dict[str, list[str]] = {}
    for mode, reply in known.items():
        groups.setdefault("same" if fits(reply) else written(reply), []).append(mode)
    if list(groups) == ["same"]:
        return "same"
    if len(groups) == 1:
        return next(iter(groups))
    return "; ".join(
        f"{'as ours' if text == 'same' else text} ({', '.join(modes)})"
        for text, modes in groups.items()
    )


def names(members: list[Peer], asked: list[Peer]) -> str:
    """Labels of peers, a family by its name where all of it that answered is here."""
    found = []
    for who in members:
        family = [other for other in asked if other.family == who.family]
        whole = all(other in members for other in family)
        label = who.family if whole else who.label
        if label not in found:
            found.append(label)
    return ", ".join(found)


QUESTIONS = {"value": "", "slopes": "slope", "second": "second derivative"}


def table(answers: dict[str, dict], section: str) -> tuple[list[str], dict[str, list[int]]]:
    """The rows of a section, and for each family how many answers are as ours and other ones."""
    lines = ["| where | right, and ours | who says so | answers as ours | answers otherwise |",
             "| --- | --- | --- | --- | --- |"]  # fmt: skip
    counts: dict[str, list[int]] = {}
    for corner in corners():
        if corner.section != section:
            continue
        for question, right in corner.right.items():
            said = {
                who: verdict(
                    corner, question, who, answers[who.name][corner.where].get(question, {})
                )
                for who in PEERS
            }
            asked = [who for who, text in said.items() if text]
            groups: dict[str, list[Peer]] = {}
            for who in asked:
                groups.setdefault(said[who], []).append(who)
                counts.setdefault(who.label, [0, 0])[said[who] != "same"] += 1
            same = names(groups.pop("same", []), asked)
            others = "; ".join(f"**{names(who, asked)}** {text}" for text, who in groups.items())
            kind = QUESTIONS[question]
            if kind == "slope" and len(right) > 1 and right != REFUSED:
                kind = "slopes"
            where = corner.where + (f": {kind}" if kind else "")
            lines.append(f"| {where} | {written(right)} | {corner.authority} | {same} | {others} |")
    return lines, counts


def page(kept: dict[str, dict]) -> str:
    """The text of PEERS.md."""
    answers = {name: record["answers"] for name, record in kept.items()}
    tables, totals = [], {}
    for section in SECTIONS:
        lines, counts = table(answers, section)
        tables += [f"### {section}", "", *lines, ""]
        for label, (same, other) in counts.items():
            total = totals.setdefault(label, [0, 0])
            total[0] += same
            total[1] += other
    summary = [
        "| engine | version | Python | answers as ours | otherwise |",
        "| --- | --- | --- | --- | --- |",
    ]
    for who in PEERS:
        same, other = totals[who.label]
        record = kept[who.name]
        summary.append(
            f"| {who.label} | {record['version']} | {record['python']} | {same} | {other} |"
        )
    rows = corners()
    questions = sum(len(corner.right) for corner in rows)
    text = (HERE / "page.md").read_text("utf-8")
    return (
        text.replace("{{corners}}", str(len(rows)))
        .replace("{{questions}}", str(questions))
        .replace("{{engines}}", str(len(PEERS)))
        .replace("{{machine}}", f"{platform.system()}, {platform.machine()}")
        .replace("{{summary}}", "\n".join(summary))
        .replace("{{tables}}", "\n".join(tables).rstrip())
    )


def main() -> None:
    """Ask, compare, and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--environments", type=Path, help="a folder for them, kept")
    parser.add_argument("--only", nargs="*", help="ask these again (names in PEERS)")
    options = parser.parse_args()
    tested()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.environments or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        kept = {}
        for who in PEERS:
            store = folder / f"{who.name}.json"
            if options.only is None or who.name in options.only or not store.exists():
                print(who.label, flush=True)
                store.write_text(json.dumps(ask(folder, who)))
            kept[who.name] = json.loads(store.read_text())
            if missing := {c.where for c in corners()} - set(kept[who.name]["answers"]):
                raise SystemExit(f"corners.py: {store} lacks {missing}: --only {who.name}")
        PAGE.write_text(page(kept), "utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
