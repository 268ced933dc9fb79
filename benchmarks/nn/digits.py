"""The 8x8 digits, 64-32-10, Adam, batches of 64, 30 epochs: fit beside PyTorch, on one core.

taskset -c 0 python benchmarks/nn/digits.py
"""

import time

from nn import MLP, Adam, data, fit, predict

EPOCHS, BATCH, ROUNDS = 30, 64, 3


def ours(X, y):
    """Return the seconds of all epochs but the first, of the whole call, and the accuracy."""
    best = []
    for _ in range(ROUNDS):
        model = MLP(64, [32, 10], seed=1, initializer="he")
        started = time.perf_counter()
        history = fit(
            model,
            X,
            y,
            "cross_entropy",
            Adam(lr=0.005),
            EPOCHS,
            BATCH,
            engine="jit",
            metrics={},
            seed=1,
            progress=False,
        )
        whole = time.perf_counter() - started
        best.append((sum(history["seconds"][1:]) / (EPOCHS - 1), whole, model))
    return min(best, key=lambda one: one[0])


def pytorch(X, y, precision):
    import torch

    torch.set_num_threads(1)
    dtype = getattr(torch, precision)
    rows, labels = torch.tensor(X, dtype=dtype), torch.tensor(y)
    best = []
    for _ in range(ROUNDS):
        layers = [torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)]
        model = torch.nn.Sequential(*layers).to(dtype)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
        criterion = torch.nn.CrossEntropyLoss()
        seconds = []
        for _ in range(EPOCHS):
            started, total = time.perf_counter(), 0.0
            order = torch.randperm(len(rows))
            for start in range(0, len(rows), BATCH):
                batch = order[start : start + BATCH]
                loss = criterion(model(rows[batch]), labels[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item()
            seconds.append(time.perf_counter() - started)
        best.append(sum(seconds[1:]) / (EPOCHS - 1))
    return min(best)


def main():
    X, y = data.digits()
    epoch, whole, model = ours(X, y)
    right = sum(s.index(max(s)) == label for s, label in zip(predict(model, X), y, strict=True))
    print(f"{'':24}{'ms an epoch':>14}{'times ours':>14}")
    print(f"{'nn.fit, jit':24}{epoch * 1e3:14.2f}{1:14.2f}")
    for precision in ("float64", "float32"):
        seconds = pytorch(X, y, precision)
        print(f"{'PyTorch, ' + precision:24}{seconds * 1e3:14.2f}{seconds / epoch:14.2f}")
    ready = whole - EPOCHS * epoch
    print(
        f"The first call of nn.fit takes {ready:.2f} s more, to trace and compile the network, and"
    )
    print(f"{whole:.2f} s in all; PyTorch, with nothing to compile, {EPOCHS * seconds:.2f} s.")
    if seconds > epoch:
        even = ready / (seconds - epoch)
        print(f"nn.fit has caught up after {even:.0f} epochs.")
    print(f"Accuracy on these images: {right / len(y):.1%}")


if __name__ == "__main__":
    main()
