"""Tables inside written pages: what stands between two comments is a command's, the rest is a person's."""

from __future__ import annotations

import re
from pathlib import Path

from amirnet.photo.atomic_file import write_file

from .errors import DataError


def fill(page: Path, name: str, content: str) -> None:
    """Put `content` between the page's lines `<!-- NAME -->` and `<!-- end of NAME -->`.

    Raises:
        DataError: there is no such page, or it does not hold both lines, once each and in this order.
    """
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"{page}: cannot be read ({error.strerror}): write it first, with the line {start}") from None
    found = re.fullmatch(f"(.*{re.escape(start)}\n).*(\n{re.escape(end)}.*)", text, re.DOTALL)
    if found is None or text.count(start) != 1 or text.count(end) != 1:
        raise DataError(f"{page}: needs the lines {start} and {end} once each, where its table is to stand")
    write_file(page, f"{found[1]}\n{content.strip()}\n{found[2]}".encode())
