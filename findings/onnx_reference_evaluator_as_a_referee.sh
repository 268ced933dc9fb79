#!/usr/bin/env bash
# onnx 1.23.2, `ReferenceEvaluator`, the standard's own runtime, against onnxruntime 1.32.0.
# Expected: the reference computes what the standard says, as well as float32 can.
# Seen: LogSoftmax is log(softmax): -inf for (-200, 0), where -200 is right, and
# SoftmaxCrossEntropyLoss is inf there; MeanVarianceNormalization of numbers near 1e4
# gives 1e9 where 1.34 is right (a difference of squares); LRN leaves all channels alone but as many
# as there are images in the batch. onnxruntime has all four right.
# Hurts: converters and runtimes that are tested against the reference: a right answer fails.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q onnx==1.23.2 onnxruntime==1.32.0 numpy==2.3.5
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import onnxruntime
from onnx import helper
from onnx.reference import ReferenceEvaluator

def both(operator, *arguments, **attributes):
    names = [f"x{i}" for i in range(len(arguments))]
    kinds = [helper.np_dtype_to_tensor_dtype(v.dtype) for v in arguments]
    inputs = [helper.make_tensor_value_info(n, k, v.shape) for n, k, v in zip(names, kinds, arguments)]
    output = helper.make_tensor_value_info("y", kinds[0], None)
    graph = helper.make_graph([helper.make_node(operator, names, ["y"], **attributes)], "one", inputs, [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    feed = dict(zip(names, arguments))
    seen = [np.ravel(m.run(None, feed)[0]) for m in (ReferenceEvaluator(model), session)]
    print(operator, "reference", seen[0], "onnxruntime", seen[1])
    return seen

def floats(*numbers):
    return np.array(numbers, dtype=np.float32)

reference, runtime = both("LogSoftmax", floats([-200, 0]))
assert reference[0] == -np.inf and np.allclose(runtime, [-200, 0])
reference, runtime = both("SoftmaxCrossEntropyLoss", floats([-200, 0]), np.array([0]))
assert reference[0] == np.inf and np.allclose(runtime, 200)
image = floats([[[0, 1], [2, 3]]]) + np.float32(1e4)
reference, runtime = both("MeanVarianceNormalization", image)
true = (np.arange(4) - 1.5) / np.sqrt(1.25)
assert np.abs(reference).max() > 1e6 and np.allclose(runtime, true, atol=1e-2)
reference, runtime = both("LRN", np.ones((1, 4, 1, 1), dtype=np.float32), size=3, alpha=3.0, beta=1.0)
assert np.allclose(runtime, [1 / 3, 1 / 4, 1 / 4, 1 / 3]) and np.allclose(reference, [1 / 3, 1, 1, 1])
PY
