"""What a measurement ran on: processor, system, library versions, and how busy the machine was."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from amirnet import __version__
from amirnet.engines.processors import available_processors

LIBRARIES = ("onnxruntime", "ai-edge-litert", "coremltools", "numpy")
"""Distributions whose version can move a latency."""


def machine_facts() -> dict[str, Any]:
    """Processor, logical processors of the machine and of this process, system, Python, and library versions."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "available": available_processors(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {"amirnet": __version__} | {name: found for name in LIBRARIES if (found := installed(name))},
    }


def processor() -> str:
    """The processor's name where the system tells it (Linux, macOS), else its architecture."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def load_average() -> float | None:
    """Processes that wanted a processor in the last minute, on average; None where the system does not tell."""
    try:
        return round(os.getloadavg()[0], 2)
    except (AttributeError, OSError):
        return None


def installed(distribution: str) -> str | None:
    """A distribution's version, or None when it is not installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
