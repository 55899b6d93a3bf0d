"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import os
from pathlib import Path

from amirnet.errors import OutputError


def write_file(file: Path, content: bytes) -> None:
    """Write `content` under a temporary name beside `file`, flush it to the disk, then rename.

    A reader, and whoever comes after a kill, sees the old file or the new one. Missing folders are made. Raises
    OutputError naming the file, the reason and the remedy; leaves no partial file.
    """
    temporary = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as handle:
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
            os.replace(temporary, file)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{file}: cannot be written ({error.strerror or error}); choose another place") from error
