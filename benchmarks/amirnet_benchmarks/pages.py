"""The README's table of what the shipped model does to photos."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

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
