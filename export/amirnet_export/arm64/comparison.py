"""Asks both processors the same and compares what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

import amirnet

from ..errors import ExportError
from ..formats.registry import FORMATS
from .answers import PRECISIONS
from .question import Question
from .report import Report, encoder_row, tile_row

ARM64 = ("aarch64", "arm64")
"""What `platform.machine()` says on 64-bit ARM, on Linux and on macOS."""
PATIENCE = 900
"""Seconds that one engine may take; a minute is usual."""
SOURCES = (Path(amirnet.__file__).parents[1], Path(__file__).parents[2])
"""Where the other Python finds the SDK and this package."""


def compare(question: Question, arm64_python: Path) -> Report:
    """Runs every engine on both processors, and compares tile by tile and probe by probe.

    `arm64_python`: made by .ci/arm64.sh. Raises ExportError when a Python fails, takes too long, or is not on ARM64.
    """
    if not arm64_python.is_file():
        raise ExportError(f"{arm64_python}: no such Python: run .ci/arm64.sh, which makes it")
    backends = [backend for backend, format in FORMATS.items() if format.on_arm64]
    with ThreadPoolExecutor(2) as pool:
        far = list(pool.map(lambda backend: ask(question, arm64_python, backend), backends))
    report = Report([], [])
    for backend, arm64 in zip(backends, far, strict=True):
        if str(arm64["machine"]) not in ARM64:
            raise ExportError(f"{arm64_python}: runs on {arm64['machine']}: name a Python on 64-bit ARM")
        here = ask(question, Path(sys.executable), backend)
        for precision in PRECISIONS:
            title = f"{backend} {precision}"
            report.tiles.append(tile_row(title, precision, arm64[precision], here[precision], question.nodes))
        report.encoders.append(encoder_row(f"{backend} float", arm64, here, question.tree))
    return report


def ask(question: Question, python: Path, backend: str) -> dict[str, Any]:
    """What `answers.answers` returns there. Raises ExportError when that Python fails or takes too long."""
    place = "here" if python == Path(sys.executable) else "arm64"
    output = question.folder / f"{place}_{backend}.npz"
    command = [str(python), "-m", f"{__package__}.answers"]
    command += [str(question.folder), backend, str(output)]
    # Its own packages come first in its path: those beside our sources, if any, are for this processor.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, SOURCES)), "ORT_DISABLE_TELEMETRY": "1"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise ExportError(f"{python}: {backend} took more than {PATIENCE} s: try a smaller tile") from None
    except OSError as error:
        raise ExportError(f"{python}: cannot be run ({error.strerror}): run .ci/arm64.sh, which makes it") from None
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise ExportError(f"{python}: {backend} failed ({said[-1][:200]}): remove its folder, run .ci/arm64.sh again")
    with np.load(output) as found:
        return dict(found)
