"""Builds the accelerator (autograd/engine/native) at install, where there is a C compiler.

Where there is none, or AUTOGRAD_NATIVE=off is set, or Python is a build without the lock that the
accelerator relies on, the wheel is one of plain Python and installs everywhere.
"""

import hashlib
import os
import platform
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODULE = "autograd.engine._native"
FOLDER = Path("autograd/engine")


def why_not():
    """Return why the accelerator cannot serve on this Python, or an empty text."""
    if os.environ.get("AUTOGRAD_NATIVE") == "off":
        return "AUTOGRAD_NATIVE is off"
    if sys.implementation.name != "cpython":
        return "it is for CPython"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "it relies on the lock of the interpreter, and this build has none"
    if sys.platform in ("emscripten", "wasi"):
        return "it is not built for WebAssembly"
    return ""


def digest(folder):
    """Return a digest of the sources, by which a test knows whether they were built."""
    files = sorted([*folder.glob("*.c"), *folder.glob("*.h")])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def built(root, room):
    """Compile the extension in a folder and return its file; an error if that fails."""
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    is_microsoft = platform.system() == "Windows"
    extension = Extension(
        MODULE,
        # Relative names, or the objects would be put beside the sources.
        sources=sorted(
            str(path.relative_to(root)) for path in (root / FOLDER / "native").glob("*.c")
        ),
        define_macros=[("SOURCES", f'"{digest(root / FOLDER / "native")}"')],
        depends=[str(FOLDER / "native" / "native.h")],
        # Contracted to fused multiply-adds, sums of products would have other bits than Python's.
        extra_compile_args=["/O2", "/std:c11", "/fp:precise"]
        if is_microsoft
        else ["-O3", "-g0", "-std=c11", "-ffp-contract=off"],
        libraries=[] if is_microsoft else ["m"],
    )
    before = Path.cwd()
    os.chdir(root)
    try:
        command = build_ext(Distribution({"name": "autograd", "ext_modules": [extension]}))
        command.build_lib, command.build_temp = str(room / "lib"), str(room / "objects")
        command.ensure_finalized()
        command.run()
        return room / "lib" / command.get_ext_filename(MODULE)
    finally:
        os.chdir(before)


class CustomBuildHook(BuildHookInterface):
    """Puts the extension into the wheel; for an editable install, beside its sources."""

    def initialize(self, version, build_data):
        """Build before the wheel is put together."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        for old in (root / FOLDER).glob(f"_native*{sysconfig.get_config_var('EXT_SUFFIX')}"):
            if version == "editable":
                old.unlink()
        reason = why_not()
        if not reason:
            self._room = Path(tempfile.mkdtemp(prefix="autograd-native-"))
            try:
                library = built(root, self._room)
            except (Exception, SystemExit) as error:
                reason = f"it could not be compiled ({error})"
        if reason:
            if os.environ.get("AUTOGRAD_NATIVE") == "required":
                raise RuntimeError(f"the accelerator was required, but {reason}")
            self.app.display_warning(
                f"autograd runs in plain Python, without accelerator: {reason}"
            )
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        if version == "editable":
            shutil.copy2(library, root / FOLDER / library.name)
        else:
            build_data["force_include"][str(library)] = str(FOLDER / library.name)

    def finalize(self, version, build_data, artifact_path):
        """Remove what the compiler left."""
        room = getattr(self, "_room", None)
        if room is not None:
            shutil.rmtree(room, ignore_errors=True)
