#!/usr/bin/env bash
# PennyLane 0.45.1 with NumPy's interface (autograd 1.8.0) and all else by default (default.qubit,
# backprop): circuits with `qml.evolve(H, t)` or `qml.exp(H, -1j * t)` for an H of several words, where
# t is trainable (`requires_grad=True`, what `qml.grad` makes of it).
# Expected: the same matrix, value and slope as for a plain number t, which JAX's interface gives too.
# Seen: another matrix, so other values and slopes: for H = X(0) + 0.5 Z(0) it is 1.25 times too large
# and no longer unitary, <Z> is -0.882 in place of -0.564 and the slope -1.697 in place of -1.086; for
# Z(0) + Z(0) @ Z(1) the slope is 9.2 in place of 0.575. One word, X(0) + X(1), and Hermitian([[1, 0.5],
# [0.5, -1]]), the matrix of Z(0) + 0.5 X(0), are right. A matrix put together from eigenvectors,
# taken for trainable t only, must be wrong. No warning.
# Hurts: pulses, quenches and annealing times fitted with the defaults of the package.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"  # an `autograd` folder where this starts is not the package
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q pennylane==0.45.1 autograd==1.8.0 jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import jax
import numpy
import pennylane as qml
from pennylane import numpy as np

jax.config.update("jax_enable_x64", True)

def slopes(gate):
    """By differences, as told with NumPy's interface, and with JAX's."""
    @qml.qnode(qml.device("default.qubit", wires=2))
    def circuit(t):
        qml.RX(0.4, 0)
        qml.RY(0.8, 1)
        gate(t)
        qml.RX(0.7, 0)
        return qml.expval(qml.Z(0))
    seen = (float(circuit(0.6 + 1e-5)) - float(circuit(0.6 - 1e-5))) / 2e-5
    return seen, float(qml.grad(circuit)(np.array(0.6, requires_grad=True))), float(jax.grad(circuit)(0.6))

X, Y, Z = qml.X, qml.Y, qml.Z
right = (X(0), Y(0), X(0) @ Y(1), Z(0) @ Z(1), X(0) + X(1), qml.Hermitian([[1.0, 0.5], [0.5, -1.0]], wires=0))
wrong = (X(0) + 0.5 * Z(0), X(0) @ X(1) + 0.5 * Z(0), X(0) @ X(1) + 0.5 * Z(0) @ Z(1), Z(0) + Z(0) @ Z(1))
for h in right + wrong:
    for gate in (lambda t: qml.evolve(h, t), lambda t: qml.exp(h, -1j * t)):
        seen, told, other = slopes(gate)
        print(f"{h}: differences {seen:.5f}, told {told:.5f}, with JAX {other:.5f}".replace("\n", ""))
        assert abs(other - seen) < 1e-6
        assert abs(told - seen) < 1e-6 if h in right else abs(told - seen) > 0.5

h = X(0) + 0.5 * Z(0)
plain, trainable = (numpy.array(qml.evolve(h, t).matrix()) for t in (0.6, np.array(0.6, requires_grad=True)))
print(plain.round(3), trainable.round(3), sep="\n")
assert numpy.allclose(plain @ plain.conj().T, numpy.eye(2))
assert numpy.allclose(trainable @ trainable.conj().T, 1.25**2 * numpy.eye(2))
PY
