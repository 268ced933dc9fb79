"""Slow tests and browser tests run only when asked for."""


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="also run the slow tests")
    parser.addoption("--browser", action="store_true", help="also run the tests in a browser")


def pytest_collection_modifyitems(config, items):
    for mark in ("slow", "browser"):
        if not config.getoption(f"--{mark}"):
            left = [item for item in items if item.get_closest_marker(mark) is not None]
            config.hook.pytest_deselected(items=left)
            items[:] = [item for item in items if item not in set(left)]
