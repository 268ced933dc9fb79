#!/usr/bin/env bash
# PennyLane 0.45.1, device default.qubit with diff_method="adjoint", where a gate of several fixed
# numbers (Rot, U2, U3) stands after the gates whose slopes are asked for.
# Expected: the gradient of backprop, parameter-shift, differences, and of the adjoint method on
# lightning.qubit.
# Seen: other numbers without a word: 0 for the only angle, where -0.644 is right, and with four
# angles, slopes missing or in the place of others. The walk back through the circuit passes over such
# a gate without counting its numbers, so all gates before it are mixed up. With the fixed gate in
# front of all others, or written as RZ, RY, RZ, the slopes are right.
# Hurts: layers that are trained while later ones are frozen, and data that is put in by Rot after the
# weights: the adjoint method is the one to choose for large circuits, as it saves memory.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"  # an `autograd` folder where this starts is not the package
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q pennylane==0.45.1 pennylane-lightning==0.45.0 autograd==1.8.0 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy
import pennylane as qml
from pennylane import numpy as np

fixed = {
    "Rot": lambda: qml.Rot(0.5, 0.4, 0.3, wires=0),
    "U2": lambda: qml.U2(0.5, 0.4, wires=0),
    "U3": lambda: qml.U3(0.5, 0.4, 0.3, wires=0),
    "RZ, RY, RZ": lambda: [qml.RZ(0.5, 0), qml.RY(0.4, 0), qml.RZ(0.3, 0)],
}

def slopes(gate, angles, first):
    """Slopes of <Z(0)> by the angles: by differences, then backprop, parameter-shift, adjoint, adjoint on lightning."""
    def circuit(*angles):
        qml.RY(0.3, 0)
        if first:
            gate()
        for k, angle in enumerate(angles):
            (qml.RX, qml.RY)[k % 2](angle, k // 2)
        qml.CNOT([1, 0])
        if not first:
            gate()
        return qml.expval(qml.Z(0))
    value = qml.QNode(circuit, qml.device("default.qubit", wires=2), diff_method=None)
    steps = 1e-5 * numpy.eye(len(angles))
    rows = [[(value(*(angles + h)) - value(*(angles - h))) / 2e-5 for h in steps]]
    variables = [np.array(angle, requires_grad=True) for angle in angles]
    for device, how in (("default.qubit", "backprop"), ("default.qubit", "parameter-shift"),
                        ("default.qubit", "adjoint"), ("lightning.qubit", "adjoint")):
        node = qml.QNode(circuit, qml.device(device, wires=2), diff_method=how)
        rows.append(numpy.ravel(numpy.array(qml.grad(node)(*variables), float)))
    return numpy.array(rows)

for angles in (numpy.array([0.6]), numpy.array([0.6, 0.4, 1.1, -0.7])):
    for name, gate in fixed.items():
        for first in (True, False):
            table = slopes(gate, angles, first)
            place = "in front" if first else "behind"
            print(f"{name} {place}: right {table[0].round(4)}, adjoint {table[3].round(4)}, on lightning {table[4].round(4)}")
            assert numpy.allclose(table[[1, 2, 4]], table[0], atol=1e-6)
            if first or "," in name:
                assert numpy.allclose(table[3], table[0], atol=1e-6)
            else:
                assert abs(table[3] - table[0]).max() > 0.05
PY
