"""Tables inside written pages: what stands between two comments is a command's, the rest is a person's."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

from amirnet.photo.atomic_file import write_file
from amirnet_training.errors import DataError

from .evaluation_file import Record, shipped
from .evaluation_table import confusion, purity

SHORT = {
    "SIDD_val65": "SIDD blocks, real phone noise",
    "SIDD_full256 held-out": "SIDD windows, real phone noise, held out",
    "PolyU_orig256 held-out": "PolyU, real camera noise, held out",
    "LOL_eval15": "LOL_eval15, real low light",
    "DPDD_test12": "DPDD, real defocus",
    "REDS_720p_003": "REDS at full resolution, real motion blur",
    "REDS_320x180": "REDS shrunk, real motion blur",
    "Kodak24 noise:25": "Kodak24, noise of sigma 25",
    "Kodak24 noise:50": "Kodak24, noise of sigma 50",
    "Kodak24 noise:25+jpeg:92": "Kodak24, noise of sigma 25, saved as a JPEG of quality 92",
    "Kodak24 defocus:2.5": "Kodak24, synthetic defocus of radius 2.5",
    "Kodak24 motion:11:30": "Kodak24, synthetic motion of 11 pixels",
    "Kodak24 jpeg:20": "Kodak24, JPEG of quality 20",
    "Kodak24 none": "Kodak24, nothing wrong",
}
"""Sets of the README's table -> how they are called there."""


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


def short_table(records: Sequence[Record]) -> str:
    """The README's table: damaged, restored, in int8, and how many photos came back worse by more than 0.3 dB."""
    by_name = {record["set"]: record for record in records}
    lines = ["| photos | damaged | restored | in int8 | worse by 0.3 dB |", "|---|---:|---:|---:|---:|"]
    for name, words in SHORT.items():
        if name not in by_name:
            continue
        record = by_name[name]
        perfect = record["kind"] == "none"
        before = "same" if perfect else f"{record['psnr_input']:.2f}"
        int8 = "-" if record["int8"] is None else f"{record['int8']['psnr']:.2f}"
        worse = "" if perfect else f"{int(shipped(record, 'worse'))} of {record['photos']}"
        lines.append(f"| {words} | {before} | {record['psnr']:.2f} | {int8} | {worse} |")
    share = purity(confusion(records), balanced=True)
    words = (f"The tree was never told what noise or blur is, and yet {share:.0%} of the photos (every kind weighing "
             "the same) lie in a node where their own kind is the commonest.")  # fmt: skip
    return "\n".join([*lines, "", textwrap.fill(words, 120)])
