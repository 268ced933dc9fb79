"""What PyTorch computes for the tests: run ``python tests/nn/torch_reference.py`` to write it anew.

The tests compare with the file beside this one; where PyTorch is installed they compare with what
it computes on the spot as well.
"""

import json
import math
import pathlib
import random

FILE = pathlib.Path(__file__).with_name("torch_reference.json")
STEPS = 100
CENTRES = [0.3, -1.2, 2.0, 0.0, -0.7, 1.5]
START = [1.0, -2.0, 0.5, 3.0, -1.5, 0.25]

OPTIMIZERS = {
    "sgd": ("SGD", {"lr": 0.05}),
    "sgd decay": ("SGD", {"lr": 0.05, "weight_decay": 0.1}),
    "momentum": ("SGD", {"lr": 0.02, "momentum": 0.9}),
    "momentum decay": ("SGD", {"lr": 0.02, "momentum": 0.8, "weight_decay": 0.05}),
    "nesterov": ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    "nesterov decay": (
        "SGD",
        {"lr": 0.02, "momentum": 0.7, "nesterov": True, "weight_decay": 0.01},
    ),
    "rmsprop": ("RMSprop", {"lr": 0.02}),
    "rmsprop momentum decay": (
        "RMSprop",
        {"lr": 0.002, "alpha": 0.9, "momentum": 0.5, "weight_decay": 0.1, "eps": 1e-6},
    ),
    "adam": ("Adam", {"lr": 0.05}),
    "adam decay": ("Adam", {"lr": 0.05, "betas": (0.8, 0.99), "weight_decay": 0.1}),
    "adamw": ("AdamW", {"lr": 0.05}),
    "adamw decay": ("AdamW", {"lr": 0.05, "betas": (0.85, 0.95), "weight_decay": 0.2}),
}


def surface(weights, cos):
    """A bumpy bowl, written for any numbers that have arithmetic and a cosine."""
    total = 0.0
    for i, (weight, centre) in enumerate(zip(weights, CENTRES, strict=True)):
        total = total + (i + 1) * 0.3 * (weight - centre) ** 2 + cos(2.0 * weight)
    return total + 0.2 * weights[0] * weights[3]


def loss_points():
    generator = random.Random(7)
    scores = [generator.uniform(-4, 4) for _ in range(12)] + [0.0, 30.0, -30.0]
    rows = [[generator.uniform(-5, 5) for _ in range(4)] for _ in range(6)]
    return {
        "scores": scores,
        "real": [generator.uniform(-4, 4) for _ in scores],
        "binary": [float(generator.random() < 0.5) for _ in scores],
        "rows": [*rows, [40.0, -40.0, 0.0, 1.0]],
        "classes": [generator.randrange(4) for _ in range(7)],
    }


def computed():
    import torch

    torch.set_default_dtype(torch.float64)
    return {
        "optimizers": {name: _weights(torch, *setup) for name, setup in OPTIMIZERS.items()},
        "clipped": _weights(torch, "SGD", {"lr": 0.05}, clip=0.5),
        "losses": _losses(torch),
        "schedules": _schedules(torch),
    }


def _weights(torch, kind, settings, clip=None):
    weights = torch.nn.Parameter(torch.tensor(START))
    optimizer = getattr(torch.optim, kind)([weights], **settings)
    seen = []
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        surface(weights, torch.cos).backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_([weights], clip)
        optimizer.step()
        if step in (1, 2, 3, 10, 50, STEPS):
            seen.append([step, weights.tolist()])
    return seen


def _losses(torch):
    points = loss_points()
    functional = torch.nn.functional
    cases = {
        "mse": (functional.mse_loss, "scores", "real"),
        "mae": (functional.l1_loss, "scores", "real"),
        "huber": (functional.huber_loss, "scores", "real"),
        "huber 2.5": (lambda s, t: functional.huber_loss(s, t, delta=2.5), "scores", "real"),
        "hinge": (lambda s, t: (1 - (2 * t - 1) * s).clamp(min=0).mean(), "scores", "binary"),
        "binary_cross_entropy": (
            functional.binary_cross_entropy_with_logits,
            "scores",
            "binary",
        ),
        "cross_entropy": (functional.cross_entropy, "rows", "classes"),
        "l1_penalty": (lambda s, t: 0.3 * s.abs().sum(), "scores", "real"),
        "l2_penalty": (lambda s, t: 0.3 * (s * s).sum(), "scores", "real"),
    }
    results = {}
    for name, (loss, scores, targets) in cases.items():
        at = torch.tensor(points[scores], requires_grad=True)
        value = loss(at, torch.tensor(points[targets]))
        value.backward()
        results[name] = {"value": value.item(), "gradient": at.grad.tolist()}
    return results


def _schedules(torch):
    def rates(make):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
        schedule = make(optimizer, torch.optim.lr_scheduler)
        seen = []
        for _ in range(STEPS):
            seen.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        return seen

    return {
        "step_decay": rates(lambda o, s: s.StepLR(o, step_size=30, gamma=0.2)),
        "cosine": rates(lambda o, s: s.CosineAnnealingLR(o, T_max=STEPS, eta_min=0.01)),
        "warm_up": rates(
            lambda o, s: s.SequentialLR(
                o,
                [
                    s.LinearLR(o, start_factor=0.1, total_iters=10),
                    s.StepLR(o, step_size=20, gamma=0.5),
                ],
                milestones=[10],
            )
        ),
    }


if __name__ == "__main__":
    assert math.isfinite(surface(START, math.cos))
    FILE.write_text(json.dumps(computed(), indent=None) + "\n", encoding="utf-8")
