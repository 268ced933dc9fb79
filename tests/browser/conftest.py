"""A Chromium for all tests of the page, and pages that note whatever they should not do."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    assert program, "these tests need Chromium: apt-get install -y chromium fonts-dejavu-core"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, tmp_path):
    """Open a saved page; at the end of the test it must have been quiet and offline."""
    contexts, noise = [], []

    def opened(html, name="y.html", **settings):
        file = tmp_path / name
        file.write_text(html, encoding="utf-8")
        context = chromium.new_context(**{"viewport": {"width": 1100, "height": 900}, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: noise.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: noise.append(f"error: {error}"))
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("file:", "data:"))
                or request.url.startswith("about:srcdoc")
                or noise.append(f"request: {request.url}")
            ),
        )
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert noise == []


@pytest.fixture
def open_page(chromium):
    """Open an address of a host, which may say and ask for what it likes."""
    contexts = []

    def opened(address):
        context = chromium.new_context(viewport={"width": 1200, "height": 1000})
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def node_modules():
    """The folder with axe-core and the typesetters that .ci/run installs, tools for tests only."""
    folder = Path(os.environ.get("NODE_MODULES", "node_modules"))
    assert (folder / "axe-core" / "axe.min.js").exists(), (
        f"run  npm install axe-core katex  and set NODE_MODULES to the folder (not {folder})"
    )
    return folder
