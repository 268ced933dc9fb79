"""Make the new public operations of the table names of ``autograd``: run it after adding one.

Type checkers and editors read names and no loops, so the names stand in ``autograd/__init__.py``,
and the methods of ``Value`` in ``autograd/engine/methods.py``.
Needs: pip install -e ".[dev]".
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from autograd.table import rows  # noqa: E402
from autograd.table.operation import Operation  # noqa: E402

PACKAGE = ROOT / "autograd" / "__init__.py"
METHODS = ROOT / "autograd" / "engine" / "methods.py"


def main() -> None:
    """Add what is missing to the imports and to ``__all__``, and write all methods anew."""
    text = PACKAGE.read_text(encoding="utf-8")
    methods = []
    for name, row in vars(rows).items():
        if not isinstance(row, Operation) or not row.public or row.symbol != row.name:
            continue
        if f'"{row.name}",' not in text:
            alias = "" if name == row.name else f" as {row.name}"
            line = f"from autograd.table.rows import {name}{alias}\n"
            text = text.replace("from autograd.table.rows", f"{line}from autograd.table.rows", 1)
            text = text.replace("__all__ = [", f'__all__ = [\n    "{row.name}",', 1)
        if not row.static:
            defaults = {each: f" = {number!r}" for each, number in row.defaults.items()}
            others = "".join(
                f", {each}: Self | RealNumber{defaults.get(each, '')}"
                for each in row.parameters[1:]
            )
            methods.append(f"        def {row.name}(self{others}) -> Self: ...\n")
    PACKAGE.write_text(text, encoding="utf-8")
    head = METHODS.read_text(encoding="utf-8").partition("        def ")[0]
    methods += [f"        def {each.__name__}(self) -> bool: ...\n" for each in rows.QUESTIONS]
    METHODS.write_text(head + "".join(sorted(methods)), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    order = ["check", "--fix", "--select=I,RUF022", "-q", PACKAGE]
    subprocess.run([*ruff, *order], check=True, cwd=ROOT)
    subprocess.run([*ruff, "format", "-q", PACKAGE, METHODS], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
