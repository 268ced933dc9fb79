"""Brings pages from where they are kept into the site, and writes the pages of the reference."""

import inspect
import re
import shutil
from pathlib import Path

BROUGHT = {
    "notebooks/README.md": "course/README.md",
    "autograd/CONVENTIONS.md": "conventions.md",
    "autograd/PEERS.md": "peers.md",
    "autograd/PEERS_SUITES.md": "peers_suites.md",
    "benchmarks/problems/README.md": "problems.md",
    "nn/README.md": "nn.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


def bring(root: Path, folder: Path) -> None:
    """Copy the pages and the course, with links that hold in the site, and write the reference."""
    places = dict(BROUGHT)
    for readme in sorted((root / "autograd").rglob("README.md")):
        name = "_".join(readme.parent.relative_to(root / "autograd").parts)
        places[str(readme.relative_to(root))] = f"rooms/{name}.md"
    for notebook in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        places[f"notebooks/{notebook.name}"] = f"course/{notebook.name}"
    for source, target in places.items():
        file = folder / target
        file.parent.mkdir(parents=True, exist_ok=True)
        if source.endswith(".md"):
            write(
                file,
                linked((root / source).read_text(encoding="utf-8"), source, places, root, file),
            )
        else:
            write(file, (root / source).read_text(encoding="utf-8"))
    write(folder / "course" / "course.py", (root / "notebooks" / "course.py").read_text("utf-8"))
    reference(folder)


def write(file: Path, text: str) -> None:
    """Write a file if it is another than what is there, so that Sphinx reads only what changed."""
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def linked(text: str, source: str, places: dict[str, str], root: Path, file: Path) -> str:
    """Return a page with its links turned to where their targets are in the site."""
    here = (root / source).parent
    depth = "../" * places[source].count("/")

    def link(found: re.Match[str]) -> str:
        words, address = found[1], found[2]
        target, _, anchor = address.partition("#")
        if "://" in address or not target:
            return found[0]
        path = (here / target).resolve()
        if path.is_relative_to(root / "docs") and path.suffix == ".md":
            inside = "../" + str(path.relative_to(root / "docs"))
            return f"[{words}]({depth}{inside.replace('README', 'index')})"
        kept = places.get(str(path.relative_to(root)))
        if kept:
            return f"[{words}]({depth}{kept}{'#' + anchor if anchor else ''})"
        return words  # a file of the source: the site does not have it

    def picture(found: re.Match[str]) -> str:
        path = (here / found[2]).resolve()
        shutil.copy(path, file.parent / path.name)
        return f"![{found[1]}]({path.name})"

    return LINK.sub(link, PICTURE.sub(picture, text))


# -- the reference --------------------------------------------------------------------------------

GROUPS = {
    "autograd": [
        ("Values", "Value zero_grad no_grad detect_anomaly scope primitive about"),
        ("Derivatives of functions", "grad value_and_grad gradient vjp jvp hvp jacobian jacfwd "
         "jacrev hessian vmap register_tree tree_map tree_leaves"),
        ("Compiled", "jit scan fori_loop while_loop take put"),
        ("Pictures and steps", "graph Graph steps Step explain explore derivation latex"),
        ("Over many numbers", "sum mean prod dot logsumexp softmax"),
        ("Errors", "AutogradError TraceError"),
    ],
    "nn": [],
    "autograd.testing": [],
}  # fmt: skip


def reference(folder: Path) -> None:
    """Write a page for each package: every public name, from its docstring."""
    import importlib

    (folder / "reference").mkdir(parents=True, exist_ok=True)
    for package, groups in GROUPS.items():
        module = importlib.import_module(package)
        public = [name for name in module.__all__ if hasattr(module, name)]
        named = {name for _, names in groups for name in names.split()}
        groups = [(title, [n for n in names.split() if n in public]) for title, names in groups]
        rest = [name for name in public if name not in named]
        operations = [name for name in rest if hasattr(getattr(module, name), "domain")]
        groups.append(("Operations", operations))
        groups.append(("More", [name for name in rest if name not in operations]))
        lines = [f"# {package}", "", f"{inspect.getdoc(module).splitlines()[0]}", ""]
        for title, names in groups:
            if names:
                lines += [f"## {title}", ""] if len([g for g in groups if g[1]]) > 1 else []
                for name in names:
                    lines += entry(package, name, getattr(module, name))
        write(folder / "reference" / f"{package}.md", "\n".join(lines) + "\n")


def entry(package: str, name: str, thing: object) -> list[str]:
    """Return the lines that document one name."""
    if inspect.ismodule(thing):
        body = [f".. automodule:: {package}.{name}", "   :members:"]
    elif inspect.isclass(thing):
        body = [f".. autoclass:: {package}.{name}", "   :members:"]
        body += [f"   :exclude-members: {', '.join(left_out(thing))}"]
    elif inspect.isfunction(thing):
        body = [f".. autofunction:: {package}.{name}"]
    else:  # an operation: an object with a signature and a docstring of its own
        signature = getattr(thing, "signature", f"{name}()")
        arguments = signature[signature.index("(") :]
        text = (inspect.getdoc(thing) or "").split("\nExample")[0]
        body = [f".. py:function:: {package}.{name}{arguments}", ""]
        body += [f"   {line}".rstrip() for line in _plain(text).splitlines()]
    return ["```{eval-rst}", *body, "```", ""]


def left_out(thing: type) -> list[str]:
    """Return members that are no news: operations as methods, and what scikit-learn adds."""
    from autograd.table.operation import TABLE
    from autograd.table.rows import NUMPY_NAMES

    return sorted({"set_fit_request", "set_score_request", *TABLE, *NUMPY_NAMES} & {*dir(thing)})


def _plain(text: str) -> str:
    """Return prose with what reStructuredText would take for markup escaped."""
    parts = re.split(r"(``.*?``)", text)
    return "".join(p if p.startswith("``") else re.sub(r"([*|])", r"\\\1", p) for p in parts)
