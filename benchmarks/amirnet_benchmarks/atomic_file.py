"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import os
from pathlib import Path

from amirnet.errors import OutputError


def write_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` as one step: a reader sees the old file or the new one.

    Makes the folder when it is missing. Raises OutputError naming the path, the reason and the remedy.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            unfinished.write_bytes(content)
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); choose another -o") from error
