"""100 epochs of micrograd's moons demo: fit beside micrograd, PyTorch and scikit-learn.

MLP 2-16-16-1, 100 rows in one batch, hinge loss with L2 decay, gradient descent whose rate
falls from 1 to 0.1, loss and accuracy taken every epoch; one core. scikit-learn's MLPClassifier
has no hinge loss and uses its own. Run it pinned, in an environment with the extra "benchmark":

    taskset -c 0 python benchmarks/nn/moons.py
"""

import random
import statistics
import time
import warnings

from nn import MLP, SGD, data, fit

EPOCHS, MICROGRAD_EPOCHS, ROUNDS = 100, 5, 5
DECAY = 2e-4  # the demo's penalty, 1e-4 times the sum of squares, as its derivative
X, Y = data.moons(100, noise=0.1, seed=1337)


def rate(epoch):
    return 1.0 - 0.9 * epoch / EPOCHS


def ours():
    """Return the seconds of the best round per epoch, of compiling, and the last accuracy."""
    rounds = []
    for _ in range(ROUNDS):
        model = MLP(2, [16, 16, 1], seed=1337)
        started = time.perf_counter()
        history = fit(
            model,
            X,
            Y,
            "hinge",
            SGD(lr=1.0, weight_decay=DECAY),
            EPOCHS,
            engine="jit",
            schedule=rate,
            progress=False,
        )
        whole = time.perf_counter() - started
        epochs = history["seconds"][1:]  # the first one compiles
        rounds.append((statistics.mean(epochs), whole - sum(epochs), history["accuracy"][-1]))
    return min(rounds)


def micrograd():
    import micrograd.nn

    random.seed(1337)
    model = micrograd.nn.MLP(2, [16, 16, 1])
    seconds = []
    for k in range(MICROGRAD_EPOCHS):
        started = time.perf_counter()
        scores = list(map(model, X))
        losses = [(1 + -yi * score).relu() for yi, score in zip(Y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        total = data_loss + 1e-4 * sum(p * p for p in model.parameters())
        sum((yi > 0) == (score.data > 0) for yi, score in zip(Y, scores, strict=True))
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= rate(k) * p.grad
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def pytorch():
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    rows, labels = torch.tensor(X), torch.tensor(Y)
    best = []
    for _ in range(ROUNDS):
        layers = torch.nn
        model = layers.Sequential(
            layers.Linear(2, 16),
            layers.ReLU(),
            layers.Linear(16, 16),
            layers.ReLU(),
            layers.Linear(16, 1),
        )
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0, weight_decay=DECAY)
        seconds = []
        for k in range(EPOCHS):
            started = time.perf_counter()
            optimizer.param_groups[0]["lr"] = rate(k)
            scores = model(rows)[:, 0]
            loss = (1 - labels * scores).relu().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item(), ((scores > 0) == (labels > 0)).double().mean().item()
            seconds.append(time.perf_counter() - started)
        best.append(statistics.mean(seconds[1:]))
    return min(best)


def scikit_learn():
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        (16, 16), solver="sgd", batch_size=100, learning_rate_init=0.5, max_iter=EPOCHS, tol=0.0,
        n_iter_no_change=10 * EPOCHS, alpha=1e-4, momentum=0.0,
    )  # fmt: skip
    seconds = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged
        for _ in range(ROUNDS):
            started = time.perf_counter()
            model.fit(X, Y)
            seconds.append((time.perf_counter() - started) / EPOCHS)
    return min(seconds)


def main():
    epoch, compiling, accuracy = ours()
    print(f"{'':22}{'µs an epoch':>14}{'times ours':>14}")
    print(f"{'nn.fit, jit':22}{epoch * 1e6:14.1f}{1:14.1f}")
    for name, other in (
        ("PyTorch, eager", pytorch),
        ("scikit-learn", scikit_learn),
        ("micrograd", micrograd),
    ):
        seconds = other()
        print(f"{name:22}{seconds * 1e6:14.1f}{seconds / epoch:14.1f}")
    print(f"nn.fit: compiling and all else but epochs {compiling:.2f} s; accuracy {accuracy:.0%}")


if __name__ == "__main__":
    main()
