"""What libraries print past Python, on file descriptor 2: libtiff on damaged files, ONNX Runtime on odd machines.

Only for processes that are this program's own, the command and its workers: it takes the descriptor for good.
"""

from __future__ import annotations

import io
import logging
import os
import re
import sys
from contextlib import suppress

_MOST = 1 << 16
_NOT_OF_A_PHOTO = re.compile(r"onnxruntime|\[[WEIVF]:|XNNPACK|TensorFlow|^(INFO|WARNING|W0000|E0000|I0000)\b", re.I)
"""Lines of libraries that read no photos."""


class NativeMessages:
    """Takes file descriptor 2 away; Python's own sys.stderr goes on where it went before. `taken` gives out what was
    printed there since it was asked last: 64 KB at most, the rest is lost."""

    def __init__(self) -> None:
        self._reading: int | None = None
        if os.name != "posix":
            return
        try:
            own = os.dup(2)
            reading, writing = os.pipe()
        except OSError:  # no descriptors left: then they are printed
            return
        for end in (reading, writing):
            os.set_blocking(end, False)  # a library that has more to say than fits must not wait for us
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        if sys.stderr is not None:
            sys.stderr.flush()
        raw = io.FileIO(own, "wb")
        sys.stderr = io.TextIOWrapper(raw, encoding, "backslashreplace", line_buffering=True, write_through=True)
        os.dup2(writing, 2)
        os.close(writing)
        self._reading = reading

    def taken(self) -> list[str]:
        """Lines about photos, each once."""
        if self._reading is None:
            return []
        content = b""
        with suppress(BlockingIOError):
            while piece := os.read(self._reading, _MOST):
                content += piece
        lines = (" ".join(line.split()) for line in content.decode("utf-8", "replace").splitlines())
        return list(dict.fromkeys(line[:200] for line in lines if line and not _NOT_OF_A_PHOTO.search(line)))


_messages: list[NativeMessages] = []
"""The one of this process, once it has one."""


def take_over() -> None:
    """From here on libraries print nothing past Python, in this process and those that it starts."""
    if not _messages:
        _messages.append(NativeMessages())


def taken() -> list[str]:
    """What they would have printed about photos since this was asked last; nothing in a process of somebody else."""
    return _messages[0].taken() if _messages else []


def quiet_loggers() -> None:
    """Let Pillow and coremltools log nothing: what matters of it comes as an error, in one line."""
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    logging.getLogger("coremltools").setLevel(logging.ERROR)


def complaints(lines: list[str]) -> tuple[str, ...]:
    """A warning where a decoder complained of a photo that it decoded all the same."""
    if not lines:
        return ()
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    return (f"its decoder complains ({lines[0]}{more}): it may be damaged; copy or download it again",)


def open_standard_streams() -> None:
    """Where a standard stream was closed by whoever started this program, open one that leads nowhere: what is opened
    next would take its number, and get what libraries print; and Python has no stream to write to."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, as long as the process
