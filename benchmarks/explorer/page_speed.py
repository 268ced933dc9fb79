"""How long a page of 350 nodes takes to open, and a step on it, in headless Chromium.

    python benchmarks/explorer/page_speed.py [nodes ...]

Needs Debian's Chromium and Playwright. Prints for each size: making the page in Python, its size,
the time from navigation until it answers (with its first layout), how much of it the page's own
thread worked (the rest is other processes'), and one step (script and layout), the least and the
median of many.
"""

import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import autograd
from autograd import Value, explore
from autograd.engine.order import ordered

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
STEP = """count => {
  const times = [];
  for (let each = 0; each < count; each++) {
    const start = performance.now();
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    document.body.offsetHeight;
    times.push(performance.now() - start);
  }
  return times;
}"""


def network(nodes, seed=1):
    """An MLP of about that many nodes, in scopes for layers and neurons."""
    draw = random.Random(seed)
    width = max(2, round((nodes / 8) ** 0.5))
    layer = [Value(draw.uniform(-1, 1), f"x{i + 1}") for i in range(width)]
    total = Value(0.0)
    for depth in (1, 2):
        with autograd.scope(f"layer {depth}"):
            outputs = []
            for unit in range(width):
                with autograd.scope(f"neuron {unit + 1}"):
                    total = Value(draw.uniform(-1, 1), "bias")
                    for each in layer:
                        total = total + each * Value(draw.uniform(-1, 1), "w")
                    outputs.append(autograd.tanh(total))
            layer = outputs
    return autograd.sum(layer)


def measure(browser, y):
    start = time.perf_counter()
    page_text = explore(y).html
    making = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "y.html")
        file.write_text(page_text, encoding="utf-8")
        opening, working = [], []
        for _ in range(3):
            page = browser.new_page(viewport={"width": 1100, "height": 900})
            meter = page.context.new_cdp_session(page)
            meter.send("Performance.enable", {"timeDomain": "threadTicks"})
            page.goto(file.as_uri())
            opening.append(page.evaluate("document.body.offsetHeight; performance.now()"))
            metrics = meter.send("Performance.getMetrics")["metrics"]
            working += [1e3 * each["value"] for each in metrics if each["name"] == "TaskDuration"]
            if len(opening) < 3:
                page.close()
        steps = page.evaluate(STEP, 200)
        page.close()
    print(
        f"{len(ordered(y)):6,} nodes   made in {1e3 * making:6.0f} ms   "
        f"{len(page_text.encode()) / 1e3:6.0f} kB   opens in {min(opening):5.0f} ms "
        f"({min(working):4.0f} ms of work)   "
        f"step {min(steps):5.1f} / {statistics.median(steps):5.1f} ms"
    )


def main():
    from playwright.sync_api import sync_playwright

    sizes = [int(argument) for argument in sys.argv[1:]] or [50, 350, 3000, 10_000]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for size in sizes:
            measure(browser, network(size))
        browser.close()


if __name__ == "__main__":
    main()
