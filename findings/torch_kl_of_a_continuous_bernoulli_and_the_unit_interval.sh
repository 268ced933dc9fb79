#!/usr/bin/env bash
# PyTorch 2.14.1, `torch.distributions.kl_divergence` of a ContinuousBernoulli and a Uniform, in both
# directions.
# Expected: both live on [0, 1] if the Uniform is over [0, 1], so the divergence is finite: of
# ContinuousBernoulli from Uniform(0, 1) it is minus the entropy, 0.0299 for probability 0.3; and it
# is infinite only where the first has mass and the second has none.
# Seen: infinity, both ways, for Uniform(0, 1) and whenever one border of the Uniform is that of the
# unit interval (ContinuousBernoulli from Uniform(0, 5)), as the comparison with the border is not
# strict; off the borders, as for Uniform(-1, 2), it is right. Samples and their log_prob give the
# finite number, Beta(1, 1), the same law as Uniform(0, 1), gives it too, and the slope is 0.
# Hurts: variational models of pixel intensities with the flat law as the prior, the law that
# ContinuousBernoulli was made for: the loss is infinite, and its slope by the parameter is lost.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q torch==2.14.1 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - <<'PY'
import math
import torch
from torch.distributions import Beta, ContinuousBernoulli, Uniform, kl_divergence

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)

def both(p, q):
    """The divergence of p from q as told, and as the mean over samples."""
    x = p.sample((200000,))
    told, sampled = kl_divergence(p, q).item(), (p.log_prob(x) - q.log_prob(x)).mean().item()
    print(f"{type(p).__name__} from {q}: told {told:.5f}, by samples {sampled:.5f}")
    return told, sampled

pixel = ContinuousBernoulli(torch.tensor(0.3))
for low, high, right in ((0.0, 1.0, False), (0.0, 5.0, False), (-1.0, 1.0, False), (-1.0, 2.0, True)):
    told, sampled = both(pixel, Uniform(low, high))
    assert abs(sampled - (math.log(high - low) - pixel.entropy().item())) < 3e-3
    assert abs(told - sampled) < 3e-3 if right else told == math.inf
for low, high, right in ((0.0, 1.0, False), (0.0, 0.5, False), (0.2, 0.9, True)):
    told, sampled = both(Uniform(low, high), pixel)
    assert abs(told - sampled) < 3e-3 if right else told == math.inf and abs(sampled) < 1.0
for p, q in ((Beta(1.0, 1.0), pixel), (Beta(2.0, 3.0), Uniform(0.0, 1.0)), (Uniform(0.0, 1.0), Beta(2.0, 3.0))):
    told, sampled = both(p, q)
    assert abs(told - sampled) < 6e-3
probability = torch.tensor(0.3, requires_grad=True)
kl_divergence(ContinuousBernoulli(probability), Uniform(0.0, 1.0)).backward()
slope, probability.grad = probability.grad.item(), None
(-ContinuousBernoulli(probability).entropy()).backward()
print("slope by the probability:", slope, "of minus the entropy:", probability.grad.item())
assert slope == 0.0 and probability.grad.item() < -0.2
PY
