"""What a diagnosis means in words, and what a person may choose instead."""

from __future__ import annotations

from amirnet.cli.console import percent
from amirnet.runtime.diagnosis import Diagnosis

_WORDS = {
    "none": "nothing wrong",
    "noise": "noise",
    "lowlight": "low light",
    "defocus": "out of focus",
    "motion": "motion blur",
    "jpeg": "JPEG blocks",
}
"""Kinds as people say them; any other is said as the model names it."""
_LEAST = 0.05
"""Kinds less likely than this are not worth a word."""


def advice(diagnosis: Diagnosis) -> list[str]:
    """Lines of text: the likeliest kinds, and how bright the photo would be made; none where the model says neither."""
    lines = []
    if diagnosis.kinds:
        likely = [(kind, share) for kind, share in diagnosis.kinds.items() if share >= _LEAST]
        lines.append("kind: " + ", ".join(f"{_words(kind)} {percent(share)}" for kind, share in likely))
        lines.append(f"      not so? restore it with --kind NAME ({', '.join(sorted(diagnosis.kinds))})")
    means = diagnosis.mean_levels
    if means is not None and diagnosis.light is not None:
        before, after = (f"{mean:.0f}" for mean in means)
        if diagnosis.light.is_identity or before == after:
            lines.append(f"light: left as it is (mean level {before} of 255)")
        else:
            lines.append(f"light: brightened, from a mean level of {before} to {after} of 255")
        lines.append("       not so? restore it with --light keep, brighten, or a number: 0.5 is half of it")
    return lines


def _words(kind: str) -> str:
    return f"{_WORDS[kind]} ({kind})" if kind in _WORDS and _WORDS[kind] != kind else kind
