"""``python -m nn``: train an MLP on two moons, and report its accuracy on new points."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from nn import MLP, AdamW, data, fit, schedules
from nn.engines import compiler_installed

EPOCHS, SEED = 30, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nn", description=__doc__)
    parser.add_argument("--engine", choices=["jit", "eager"], help="default: jit where installed")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"default: {EPOCHS}")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of points and weights: {SEED}")
    options = parser.parse_args(arguments)
    if options.epochs < 1:
        parser.error("--epochs must be at least 1")
    if options.engine == "jit" and not compiler_installed():
        parser.error("--engine jit needs  pip install 'scalar-autograd[jit]'")

    engine = options.engine or ("jit" if compiler_installed() else "eager")
    if options.engine is None and engine == "eager":
        print("The extra 'jit' is not installed, so the eager engine serves. With it (numpy and")
        print("llvmlite) the model is compiled, and an epoch takes a hundredth of the time:")
        print("  pip install 'scalar-autograd[jit]'")
    rows, labels = data.moons(200, noise=0.1, seed=options.seed)
    held_out = data.moons(200, noise=0.1, seed=options.seed + 1)
    model = MLP(2, [16, 16, 1], seed=options.seed)
    print(f"MLP 2-16-16-1, {len(model.parameters())} parameters, two moons, engine {engine}")

    started = time.perf_counter()
    history = fit(
        model,
        rows,
        labels,
        loss="hinge",
        optimizer=AdamW(weight_decay=0.01),
        schedule=schedules.cosine(0.02, options.epochs, lowest=0.001),
        epochs=options.epochs,
        batch_size=20,
        validation=held_out,
        engine=engine,
        seed=options.seed,
    )
    seconds = time.perf_counter() - started
    compiling = ", compiling included" if engine == "jit" else ""
    print(f"{history.ending} in {seconds:.2f} s{compiling}")
    if not len(history):
        return 130
    print(f"{'':18}{'loss':>10}{'accuracy':>10}")
    for title, prefix, count in (
        ("training", "", len(rows)),
        ("held out", "validation_", len(held_out[0])),
    ):
        loss, accuracy = history[f"{prefix}loss"][-1], history[f"{prefix}accuracy"][-1]
        print(f"{title:9}{count:4} rows{loss:10.4f}{accuracy:10.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
