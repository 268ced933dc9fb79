"""The site: pages of this folder, and those that are brought here from where they are kept.

    python -m sphinx -W -b html docs build/site

The course, the rooms' READMEs, the tables of conventions and peers are copied into docs/brought,
their links turned to the pages of the site; the reference is written from the docstrings.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(HERE))

import pages  # noqa: E402

import autograd  # noqa: E402

project = "scalar-autograd"
author = "the authors of scalar-autograd"
version = release = autograd.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
]
html_theme = "furo"
html_title = "scalar-autograd"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_show_sourcelink = False
html_show_copyright = False
templates_path = []
exclude_patterns = ["README.md", "site", "**.ipynb_checkpoints"]
suppress_warnings = ["mystnb.unknown_mime_type"]

myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_cache_path = str(ROOT / "build" / "executed")
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_merge_streams = True
nb_code_prompt_show = "Show the {type}"
nb_output_stderr = "show"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
napoleon_google_docstring = True
nitpicky = False

pages.bring(ROOT, HERE / "brought")

LITERAL = re.compile(r"``.*?``|`[^`]*`(?:__?)?|:\w+:`[^`]*`")


def escaped(line):
    """Return a line of prose with what reStructuredText would take for markup escaped."""
    kept, at = [], 0
    for literal in LITERAL.finditer(line):
        kept += [re.sub(r"([*|])", r"\\\1", line[at : literal.start()]), literal[0]]
        at = literal.end()
    return "".join([*kept, re.sub(r"([*|])", r"\\\1", line[at:])])


def plain(app, what, name, obj, options, lines):
    """Let docstrings be the plain text that they are: x**2 is no bold, |x| no substitution."""
    in_example = False
    for place, line in enumerate(lines):
        if line.strip() in ("Example:", "Examples:"):
            in_example = True
        elif line and not line.startswith(" "):
            in_example = False
        if not in_example and not line.lstrip().startswith((">>>", "...")):
            lines[place] = escaped(line)


def setup(app):
    """Let Sphinx ask plain for every docstring."""
    app.connect("autodoc-process-docstring", plain, priority=400)  # before napoleon
