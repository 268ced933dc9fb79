#!/usr/bin/env bash
# onnxmltools 1.16.0, `convert_xgboost` of XGBoost 3.2.0, run by onnxruntime 1.32.0.
# Expected: the exported model answers as the fitted one, or the export fails.
# Seen: with num_parallel_tree=3 (boosted forests) and three classes, XGBoost grows three trees for
# class 0, three for class 1 and so on; the export deals them out one by one, so that every class
# gets one of each, and a row of 0.73, 0.24, 0.03 becomes 0.37, 0.51, 0.12. With
# objective="reg:logistic" and "survival:cox" the export leaves out the last step: it answers with
# log-odds or logarithms, shifted by a constant, as the base score is added as it stands. One tree
# per class and round, and poisson, gamma and tweedie, are right; treelite 4.8.1 has all of these
# right.
# Hurts: choices and thresholds behind a service: the probabilities add up to 1 and look plausible.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q onnxmltools==1.16.0 xgboost==3.2.0 treelite==4.8.1 onnxruntime==1.32.0 \
  scikit-learn==1.9.1 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import treelite
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from onnxruntime import InferenceSession
from xgboost import XGBClassifier, XGBRegressor

rng = np.random.default_rng(0)
x = np.float32(rng.normal(size=(400, 4)))
classes = (x[:, 0] + 0.5 * rng.normal(size=400) > 0.5) * 1 + (x[:, 1] > 0.3)

def exported(model, y):
    """The model's answers, and the exported model's."""
    model.set_params(n_estimators=8, max_depth=3, random_state=0).fit(x, y)
    told = model.predict_proba(x) if hasattr(model, "predict_proba") else model.predict(x)
    graph = convert_xgboost(model, initial_types=[("x", FloatTensorType([None, 4]))])
    answer = InferenceSession(graph.SerializeToString()).run(None, {"x": x})[-1].reshape(told.shape)
    trees = treelite.gtil.predict(treelite.frontend.from_xgboost(model.get_booster()), x)
    assert np.allclose(trees.reshape(told.shape), told, rtol=1e-4)
    print(f"{model.objective}, num_parallel_tree={model.num_parallel_tree}:", told[0], "exported", answer[0])
    return told, answer

told, answer = exported(XGBClassifier(objective="multi:softprob"), classes)
assert np.allclose(told, answer, atol=1e-5)
told, answer = exported(XGBClassifier(objective="multi:softprob", num_parallel_tree=3, subsample=0.7), classes)
assert np.allclose(answer.sum(axis=1), 1.0, atol=1e-5)
assert told.max() > 0.85 and np.abs(told - answer).max() > 0.3
assert (told.argmax(axis=1) != answer.argmax(axis=1)).mean() > 0.02
told, answer = exported(XGBRegressor(objective="reg:gamma"), np.exp(0.4 * x[:, 0]))
assert np.allclose(told, answer, rtol=1e-4)
told, answer = exported(XGBRegressor(objective="reg:logistic"), 1 / (1 + np.exp(-x[:, 0])))
shift = answer - np.log(told / (1 - told))
assert np.ptp(shift) < 1e-4 and shift.min() > 0.3 and answer.min() < 0
told, answer = exported(XGBRegressor(objective="survival:cox"), np.exp(0.4 * x[:, 0]))
assert np.allclose(answer, np.log(told) + 1, atol=1e-4)
PY
