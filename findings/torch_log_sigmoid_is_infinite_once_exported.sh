#!/usr/bin/env bash
# PyTorch 2.13.0 exported to ONNX (onnxscript 0.7.2), run by onnxruntime 1.32.0 and by ONNX's own
# reference evaluator (onnx 1.23.2).
# Expected: F.logsigmoid(-20) = -20 and F.binary_cross_entropy_with_logits(-20, 1) = 20, as PyTorch
# says: the point of both is to stay finite where log(sigmoid(x)) does not.
# Seen: the exporter writes Log(Sigmoid(x)) for logsigmoid, so -100 becomes -inf in any runtime,
# and -20 already in onnxruntime, whose Sigmoid is 0 there. softplus is exported as Softplus and
# stays right.
# Hurts: log-likelihoods and ranking losses that are scored after export: one sure miss makes the
# sum infinite.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q torch==2.13.0 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0 numpy==2.3.5
"$folder/venv/bin/python" - 2>"$folder/log" <<'PY' || { cat "$folder/log"; exit 1; }
import math
import onnxruntime
import torch
from onnx.reference import ReferenceEvaluator
from torch.nn import functional as F

class Logarithms(torch.nn.Module):
    def forward(self, x):
        return F.logsigmoid(x), -F.softplus(-x)

x = torch.tensor([-1.0, -20.0, -120.0])
model = torch.onnx.export(Logarithms(), (x,), dynamo=True, verbose=False).model_proto
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name
by_runtime = [v.tolist() for v in session.run(None, {name: x.numpy()})]
by_reference = [v.tolist() for v in ReferenceEvaluator(model).run(None, {name: x.numpy()})]
by_torch = [v.tolist() for v in Logarithms()(x)]
print("operators:", [node.op_type for node in model.graph.node])
for kind, (first, second) in {"PyTorch": by_torch, "onnxruntime": by_runtime, "reference": by_reference}.items():
    print(f"{kind}: logsigmoid {first}, -softplus(-x) {second}")
assert by_torch[0][1:] == [-20.0, -120.0] and by_runtime[1][1:] == [-20.0, -120.0]
assert not math.isfinite(by_runtime[0][1]) and by_reference[0][2] == -math.inf
PY
