"""The folder of a training run, float or quantization-aware: made, swept, and refused when it holds another run."""

from __future__ import annotations

from pathlib import Path

from amirnet.errors import OutputError

from .errors import CheckpointError


def refuse_a_run_in_the_way(folder: Path) -> None:
    """Raises CheckpointError when ``folder`` holds a run already."""
    if (folder / "checkpoint.pt").exists() or (folder / "model.safetensors").exists():
        raise CheckpointError(f"{folder}: holds a run already: add --resume, or choose another folder with -o")


def make(folder: Path) -> None:
    """Makes the folder, and removes what a kill in the middle of writing left in it. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror}): choose another -o") from error
    for half_written in folder.glob(".*.part"):
        half_written.unlink()
