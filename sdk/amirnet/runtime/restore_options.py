"""What a user may ask for beside "make it better": the same for one photo, a file, and a batch (CONTRACT R7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from amirnet.errors import OptionError

LIGHT_CHOICES = ("auto", "keep", "brighten")
MOST_LIGHT = 4.0
"""The largest number that light may be."""


@dataclass(frozen=True)
class RestoreOptions:
    """What a user may ask for. Raises OptionError for what is out of range or contradicts itself."""

    light: str | float = "auto"
    """"auto" (the model says how bright), "keep" (not brightened, whatever the model says), "brighten" (as a photo of
    low light), or a number in 0..4 by which auto's curve is scaled."""
    kind: str | None = None
    """The damage to mend, by one of the names that the model's nodes state ("noise", "motion", ...); None: the model
    finds out."""
    node: int | None = None
    """A node of the tree instead, its stored code and every confidence 1 (CONTRACT R3)."""
    strength: float = 1.0
    """0..1, how much of the restored photo is taken; the rest is the photo."""
    first_frame: bool = False
    """Of a file of several pictures, which is refused otherwise, the first one will do."""

    def __post_init__(self) -> None:
        if isinstance(self.light, str):
            if self.light not in LIGHT_CHOICES:
                raise OptionError(f"light {self.light}: {_LIGHT_REMEDY}")
        elif not 0.0 <= self.light <= MOST_LIGHT:
            raise OptionError(f"light {self.light}: {_LIGHT_REMEDY}")
        if not 0.0 <= self.strength <= 1.0:
            raise OptionError(f"strength {self.strength}: not within 0 to 1; 1 takes the restored photo, 0 the photo")
        if self.node is not None and self.kind is not None:
            raise OptionError(f"node {self.node} and kind {self.kind}: a node is of its own kind; leave one out")
        if self.node is not None and self.light == "brighten":
            raise OptionError(f"node {self.node} and light brighten: contradict; leave one out, or take light auto")

    def but(self, **changes: Any) -> RestoreOptions:
        """These options with some changed."""
        return replace(self, **changes) if changes else self


_LIGHT_REMEDY = f"no such light; choose one of {', '.join(LIGHT_CHOICES)}, or a number from 0 to {MOST_LIGHT:g}"
