#!/usr/bin/env bash
# PennyLane 0.45.1, gradients of `qml.var` of a sum of observables with diff_method="parameter-shift",
# the default wherever a device has shots or is hardware.
# Expected: the gradient that differences, backprop and diff_method="finite-diff" give; the variance of
# A is <A A> - <A>**2, and its slope is that of both parts.
# Seen: for var(Z(0) + Z(1)), d/db = 1.196 where differences say -0.247, so the sign is wrong; for
# X(0) @ Z(1) + 0.3 Y(2) + Z(0), 0.429 where they say 0.550. The value is right. Variances of one Pauli
# word, of a multiple of one, of a Projector and of a Hermitian matrix are right, and so is the
# expectation of the same sums; so the square of a sum, here 2 + 2 Z(0) Z(1), loses its slope.
# Hurts: variational algorithms that minimise the variance of the energy, or put it in the loss, on
# hardware: a Hamiltonian is a sum, and the descent goes elsewhere than on the simulator.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"  # an `autograd` folder where this starts is not the package
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q pennylane==0.45.1 autograd==1.8.0 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy
import pennylane as qml
from pennylane import numpy as np

device = qml.device("default.qubit", wires=3)

def slopes(measure, observable):
    """The slopes by a and b: by differences of the value, and as each method tells them."""
    def circuit(a, b):
        qml.Rot(0.3, 0.8, 0.1, wires=0)
        qml.RX(a, 0)
        qml.RY(b, 1)
        qml.CNOT([0, 1])
        qml.RY(0.4, 0)
        qml.CNOT([1, 2])
        qml.RX(0.7, 2)
        return measure(observable)
    value = qml.QNode(circuit, device, diff_method=None)
    h = 1e-5
    seen = [(value(0.3 + h, 0.9) - value(0.3 - h, 0.9)) / (2 * h), (value(0.3, 0.9 + h) - value(0.3, 0.9 - h)) / (2 * h)]
    a, b = np.array(0.3, requires_grad=True), np.array(0.9, requires_grad=True)
    told = [qml.grad(qml.QNode(circuit, device, diff_method=how))(a, b) for how in ("backprop", "finite-diff", "parameter-shift")]
    print(measure.__name__, observable, "differences", numpy.round(seen, 4), "backprop, finite-diff, parameter-shift",
          *(numpy.round(numpy.array(row, float), 4) for row in told))
    return numpy.array([seen, *told], float)

z = qml.Z(0) + qml.Z(1)
words = qml.X(0) @ qml.Z(1) + 0.3 * qml.Y(2) + qml.Z(0)
weighted = qml.Hamiltonian([1.0, 0.3], [qml.Z(0), qml.Z(1)])
for observable in (qml.Z(0), 2 * qml.Z(0), qml.X(0) @ qml.Z(1), qml.Projector([0, 1], wires=[0, 1]),
                   qml.Hermitian(numpy.array([[1.0, 0.5], [0.5, 3.0]]), wires=1)):
    table = slopes(qml.var, observable)
    assert numpy.allclose(table, table[0], atol=1e-5)
for observable in (z, words, weighted):
    table = slopes(qml.expval, observable)
    assert numpy.allclose(table, table[0], atol=1e-5)
    table = slopes(qml.var, observable)
    assert numpy.allclose(table[:3], table[0], atol=1e-5)
    assert abs(table[3] - table[0]).max() > 0.1
table = slopes(qml.var, z)
assert table[0, 1] < -0.2 and table[3, 1] > 1.0
PY
