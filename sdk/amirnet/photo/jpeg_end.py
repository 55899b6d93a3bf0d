"""JPEG files that lack their end marker: read where nothing else is missing, which every viewer does too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, JpegImagePlugin

NOTES = "amirnet: lost"
"""Key of an image's `info`: lines about what was mended as it was opened."""
_END = b"\xff\xd9"
_FILLINGS = (b"\x55" * 120, b"\xaa" * 120)
"""Whatever is read where data is missing shows in the last rows; where none is, it is passed over."""
_LAST_ROWS = 64
_STANDALONE = (0x01, *range(0xD0, 0xD8))


def mend_end(image: Any, file: Path) -> None:
    """Let a JPEG image that is opened and not loaded yet be read without its end marker, if all its data is there.

    Of a progressive one all scans must be. Leaves a line in `info`. Raises OSError.
    """
    content = _without_end(file)
    if content is None or (image.info.get("progressive") and not _is_refined(content)):
        return
    joint = b"\0" if content.endswith(b"\xff") else b""  # what follows that byte makes a marker of it, or data
    shown = {_last_rows(file, tail + _END) for tail in (b"", *(joint + filling for filling in _FILLINGS))}
    if len(shown) > 1 or None in shown:
        return  # some of it is missing: that will be said as it is loaded
    image.load_read = _reader(image, _END)
    image.info[NOTES] = ["the file lacks its end marker; all of the photo is there"]


def _without_end(file: Path) -> bytes | None:
    """The file's content where it has no end marker behind its first scan; None where it has, as nearly all do."""
    with file.open("rb") as stream:
        stream.seek(-2, 2)
        if stream.read(2) == _END:
            return None
        stream.seek(0)
        content = stream.read()
    scan = next((at for marker, at, _ in _segments(content) if marker == 0xDA), None)
    return None if scan is None or content.find(_END, scan) >= 0 else content


def _last_rows(file: Path, tail: bytes) -> bytes | None:
    """The last rows as they are decoded with this behind the file; None where they cannot be."""
    try:
        with JpegImagePlugin.JpegImageFile(str(file)) as image:
            image.load_read = _reader(image, tail)  # type: ignore[method-assign]
            image.load()
            return image.crop((0, max(0, image.height - _LAST_ROWS), image.width, image.height)).tobytes()
    except (OSError, SyntaxError, ValueError):
        return None


def _reader(image: Any, tail: bytes) -> Any:
    left = [tail, _END]

    def read(size: int) -> bytes:
        found: bytes = image.fp.read(size)
        return found or (left.pop(0) if left else b"")

    return read


def _is_refined(content: bytes) -> bool:
    """Whether the scans of a progressive JPEG bring every coefficient of every component to its last bit."""
    components: set[int] = set()
    done: set[tuple[int, int]] = set()
    for marker, at, size in _segments(content):
        body = content[at + 2 : at + size]
        if marker == 0xC2 and len(body) > 5:
            components = set(body[6 : 6 + 3 * body[5] : 3])
        elif marker == 0xDA and len(body) >= 4 + 2 * body[0] and not body[3 + 2 * body[0]] & 15:
            first, last = body[1 + 2 * body[0]], body[2 + 2 * body[0]]
            done |= {(one, place) for one in body[1 : 1 + 2 * body[0] : 2] for place in range(first, min(last, 63) + 1)}
    return bool(components) and all((one, place) in done for one in components for place in range(64))


def _segments(content: bytes) -> list[tuple[int, int, int]]:
    """Marker, place of its length, and length, of every segment; what is coded between them is passed over."""
    found, at = [], 2
    while 0 <= (at := content.find(b"\xff", at)) < len(content) - 3:
        marker = content[at + 1]
        if marker in (0x00, 0xFF, *_STANDALONE):
            at += 1 if marker == 0xFF else 2
            continue
        size = int.from_bytes(content[at + 2 : at + 4], "big")
        found.append((marker, at + 2, size))
        at += 2 + size
    return found


def notes_of(image: Image.Image) -> list[str]:
    """What was mended as the image was opened."""
    return list(image.info.get(NOTES, []))
