"""What a user may ask of every photo, as options of the command line that become one RestoreOptions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from amirnet.runtime.restore_options import LIGHT_CHOICES, MOST_LIGHT, RestoreOptions

_LIGHT = f"{'|'.join(LIGHT_CHOICES)}|0..{MOST_LIGHT:g}"


def restore_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --light, --kind, --node, --strength and --first-frame, which come as one parameter, `options`."""

    @click.option(
        "--light",
        default="auto",
        show_default=True,
        metavar=_LIGHT,
        help="How bright: as the model says, as it is, as a photo of low light, or auto so many times.",
    )
    @click.option("--kind", metavar="NAME", help="What is wrong: noise, lowlight, motion, ... (see inspect).")
    @click.option("--node", type=int, metavar="ID", help="Take the photo for this node of the tree (see inspect).")
    @click.option(
        "--strength",
        type=float,
        default=1.0,
        show_default=True,
        metavar="0..1",
        help="How much of the restored photo is taken; the rest is the photo.",
    )
    @click.option("--first-frame", is_flag=True, help="Take the first picture of an animation instead of refusing it.")
    @wraps(command)
    def with_options(
        *args: Any, light: str, kind: str | None, node: int | None, strength: float, first_frame: bool, **rest: Any
    ) -> Any:
        return command(*args, options=RestoreOptions(_light(light), kind, node, strength, first_frame), **rest)

    return with_options


def _light(text: str) -> str | float:
    """A number where it is one; all else goes on as it is, and is refused there."""
    try:
        return float(text)
    except ValueError:
        return text
