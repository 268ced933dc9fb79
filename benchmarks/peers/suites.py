"""Write autograd/PEERS_SUITES.md from the table of what peers' test suites hold.

    python benchmarks/peers/suites.py

Every row carries a check of our side; one that fails is an error, and nothing is written.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from suite_rows import DIFFERENT, REFUSED, SAME, Row, rows

PAGE = Path(__file__).parents[2] / "autograd" / "PEERS_SUITES.md"
HEAD = """# What peers' test suites hold for scalars

Made by `benchmarks/peers/suites.py`; a test holds our side of every row. Read for it: the suites
of HIPS autograd (bff107b), JAX (cec06d1), PyTorch, ForwardDiff.jl (569af35) and DiffRules.jl
(8842177). What engines answer at single points is in [PEERS.md](PEERS.md).
"""


def page(table: list[Row]) -> str:
    """The text of the page."""
    counts = {
        verdict: [row.verdict for row in table].count(verdict)
        for verdict in (SAME, DIFFERENT, REFUSED)
    }
    lines = [
        HEAD,
        f"{len(table)} behaviours: " + ", ".join(f"{n} {v}" for v, n in counts.items()) + ".",
        "",
    ]
    for suite in dict.fromkeys(row.suite for row in table):
        lines += [f"## {suite}", "", "| the suite holds | ours | and why, or how to write it |",
                  "| --- | --- | --- |"]  # fmt: skip
        lines += [
            f"| {row.holds} | {row.verdict} | {row.ours} |" for row in table if row.suite == suite
        ]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    table = rows()
    failed = [row.holds for row in table if not row.check()]
    if failed:
        raise SystemExit(f"suites.py: our side does not hold: {failed}")
    PAGE.write_text(page(table), "utf-8")
    print(f"wrote {PAGE.name}: {len(table)} rows")
