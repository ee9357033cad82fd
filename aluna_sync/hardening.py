"""What a process does first so that keys and words leave fewer traces (security design, S12, S13).

This reduces; it cannot erase: Python copies strings, and a system that writes memory to disk keeps
what it wrote. Variables that act before Python starts (`LD_PRELOAD`) are out of reach.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import sys
from collections.abc import MutableMapping
from typing import Final

PRIVATE_UMASK: Final = 0o077
PR_SET_DUMPABLE: Final = 4
DROPPED: Final = ("PYTHONFAULTHANDLER", "PYTHONINSPECT", "RUST_BACKTRACE", "RUST_LIB_BACKTRACE")
DROPPED_PREFIX: Final = "TEXTUAL"
"""`TEXTUAL_LOG` writes every key press to a file; no variable of Textual is needed."""


def harden() -> None:
    """Make this process private: call once, before anything is unlocked."""
    inspected = sys.flags.inspect and "PYTHONINSPECT" in os.environ
    drop_variables(os.environ)
    if inspected and os.name == "posix":
        # Python has read it already: at the end it would open a prompt over everything in memory.
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606
    os.umask(PRIVATE_UMASK)
    if faulthandler.is_enabled():
        faulthandler.disable()
    forbid_core_dumps()


def drop_variables(environ: MutableMapping[str, str]) -> None:
    """Remove the variables that would make this process or its children write secrets down."""
    for name in [name for name in environ if name in DROPPED or name.startswith(DROPPED_PREFIX)]:
        del environ[name]


def forbid_core_dumps() -> None:
    """Leave no memory image when the process dies, and let no process of the same person attach.

    Attaching is only forbidden on Linux; Windows has neither kind of dump by default.
    """
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
