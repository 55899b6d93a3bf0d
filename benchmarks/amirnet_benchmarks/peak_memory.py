"""The peak memory of a program: the most that its process ever had resident at once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_NOTE = "AMIRNET_PEAK_NOTE"

# Asked by the process itself: what its parent is told of it counts the parent's own memory at the fork.
_CHILD = f"""
import atexit, os, re

def note():
    try:
        with open("/proc/self/status") as status:
            peak = 1024 * int(re.search("VmHWM:[^0-9]*([0-9]+)", status.read())[1])
    except OSError:  # no Linux
        import resource
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open(os.environ["{_NOTE}"], "w") as file:
        file.write(str(peak))

atexit.register(note)
"""


@dataclass(frozen=True)
class Run:
    """How a program ended."""

    status: int
    """Its exit status."""
    stdout: str
    """What it wrote."""
    stderr: str
    """What it complained of."""
    peak: int
    """Bytes; 0 if it was killed."""


def run_python(program: str, *arguments: object) -> Run:
    """Run lines of Python in a process of their own, with `arguments` as sys.argv[1:]."""
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "peak"
        words = [sys.executable, "-c", _CHILD + program, *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), _NOTE: str(note)}
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
        return Run(done.returncode, done.stdout, done.stderr, int(note.read_text()) if note.exists() else 0)


def run_amirnet(*arguments: object) -> Run:
    """Run `amirnet ARGUMENTS`."""
    return run_python("import amirnet.cli\namirnet.cli.main()", *arguments)
