#!/usr/bin/env bash
# torchmetrics 1.9.0: metrics that take logits or probabilities (accuracy, F1, AUROC, curves).
# Expected: the same predictions give the same accuracy, however they are cut into batches.
# Seen: 1 for four logits at once, 1/2 in two batches of two. Whether numbers are logits is asked
# anew of each batch: one whose logits happen to lie between 0 and 1 is taken for probabilities,
# and 0.2 for a "no". (Lightning-AI/torchmetrics issue 2195, open since 2023.)
# Hurts: validation with small batches, and always with batches of one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q torchmetrics==1.9.0 torch==2.13.0 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import torch
from torchmetrics.classification import BinaryAccuracy

logits, labels = torch.tensor([0.2, 0.4, -2.0, 3.0]), torch.tensor([1, 1, 0, 1])

def accuracy(predictions, size):
    metric = BinaryAccuracy()
    for start in range(0, len(labels), size):
        metric.update(predictions[start : start + size], labels[start : start + size])
    return metric.compute().item()

seen = {size: accuracy(logits, size) for size in (4, 2, 1)}
probabilities = {size: accuracy(torch.sigmoid(logits), size) for size in (4, 2, 1)}
print("by size of batch: of logits", seen, "; of their probabilities", probabilities)
assert seen == {4: 1.0, 2: 0.5, 1: 0.5} and set(probabilities.values()) == {1.0}
PY
