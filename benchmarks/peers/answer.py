"""Ask one engine every corner: `answer.py ADAPTER REQUIREMENT`, run in its environment."""

import json
import platform
import sys
import warnings
from importlib import metadata

import engines
from corner_rows import corners


def answers(name: str) -> dict[str, dict]:
    """For each corner by its name: question -> mode -> numbers, or why there are none."""
    m, questions = getattr(engines, name)()
    found = {}
    for corner in corners():
        entry: dict[str, dict[str, list[float] | str]] = {}
        for question in corner.right:
            for mode, ask in questions[question].items():
                try:
                    reply: list[float] | str = engines.flat(
                        ask(lambda *x, c=corner: c.function(m, *x), corner.at)
                    )
                except AttributeError as error:
                    absent = str(error).startswith("no ")
                    reply = "absent" if absent else f"AttributeError: {error}"
                except Exception as error:  # what a peer raises is its answer
                    reply = f"{type(error).__name__}: {error}"[:300]
                entry.setdefault(question, {})[mode] = reply
        found[corner.where] = entry
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    real = sys.stdout
    sys.stdout = sys.stderr  # whatever a peer prints
    package = sys.argv[2].split("==")[0].split("[")[0]
    record = {
        "version": metadata.version(package).split("+")[0],
        "python": platform.python_version(),
        "answers": answers(sys.argv[1]),
    }
    json.dump(record, real)
