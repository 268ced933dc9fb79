#!/usr/bin/env bash
# onnxruntime 1.32.0, CPU: the operator Sigmoid, in float32 and in float64.
# Expected: exp(x) for negative x: 2.06e-9 at -20, 1.9e-22 at -50; ONNX's own reference says so.
# Seen: float32: 8.9e-8 at -17, twice the true 4.1e-8, and 0 at -20 and beyond: sigmoid - 1/2 is
# approximated, and 1/2 added. float64: computed in float32's digits, 0 at -50. Elu is exp(x) - 1
# as written: 0 at -1e-9. (microsoft/onnxruntime issue 22557, open: negative on some machines.)
# Hurts: whoever takes a logarithm or a ratio of rare probabilities: log(sigmoid(-20)) is -inf.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q onnxruntime==1.32.0 onnx==1.23.2 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import math
import numpy as np
import onnxruntime
from onnx import helper
from onnx.reference import ReferenceEvaluator

def both(operator, numbers):
    kind = helper.np_dtype_to_tensor_dtype(numbers.dtype)
    x, y = (helper.make_tensor_value_info(name, kind, numbers.shape) for name in "xy")
    graph = helper.make_graph([helper.make_node(operator, ["x"], ["y"])], "one", [x], [y])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    seen, reference = (m.run(None, {"x": numbers})[0] for m in (session, ReferenceEvaluator(model)))
    print(operator, numbers.dtype, "at", numbers, ":", seen, "; reference", reference)
    return seen, reference

points = [-17.0, -20.0, -50.0]
true = [1 / (1 + math.exp(-x)) for x in points]
for kind, digits in ((np.float32, 1e-6), (np.float64, 1e-14)):
    seen, reference = both("Sigmoid", np.array(points, dtype=kind))
    assert np.allclose(reference, true, rtol=digits, atol=0) and seen[2] <= 0
    assert (seen[1] <= 0) if kind is np.float32 else abs(seen[1] / true[1] - 1) > 1e-9
seen, reference = both("Elu", np.array([-1e-9], dtype=np.float32))
assert seen[0] == 0 and abs(reference[0] / -1e-9 - 1) < 1e-6
PY
