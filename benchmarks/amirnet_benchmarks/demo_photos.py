"""The five photos of the demo: what they show, how each was degraded, whose they are.

`photos/clean` holds the originals, `photos/degraded` the copies that `degrade_photos` made of them; both are
package data, so the demo needs no network and no data set.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "photos"


@dataclass(frozen=True)
class DemoPhoto:
    """One photo of the demo. `degradation` is a spec for `amirnet_training.degradations.parse`."""

    name: str
    title: str
    trouble: str
    """What is wrong with the degraded copy, in words for the report."""
    degradation: str
    seed: int
    """Seeds the generator of the degradation: the same bytes on every machine."""
    author: str
    licence: str

    @property
    def clean(self) -> Path:
        """The original: an 8-bit RGB JPEG, long side at most 640 pixels."""
        return FOLDER / "clean" / f"{self.name}.jpg"

    @property
    def degraded(self) -> Path:
        """The degraded copy: an 8-bit RGB PNG of the same size."""
        return FOLDER / "degraded" / f"{self.name}.png"

    @property
    def credit(self) -> str:
        """Author and licence, as `photos/CREDITS.md` gives them."""
        return f"{self.author}, {self.licence}"


DEMO_PHOTOS = (
    DemoPhoto("chelsea_cat", "Chelsea", "Sensor noise", "noise:25", 1, "Stefan van der Walt", "CC0"),
    DemoPhoto("coffee", "Coffee", "Taken in the dark", "lowlight:0.15", 2, "Rachel Michetti", "CC0"),
    DemoPhoto("astronaut", "Astronaut", "Out of focus", "defocus:2.5", 3, "NASA", "public domain"),
    DemoPhoto("china_temple", "Temple", "Camera moved", "motion:11:30", 4, "danielbuechele", "CC BY 2.0"),
    DemoPhoto("dandelions", "Dandelions", "Saved too small (JPEG 15)", "jpeg:15", 5, "Clemens Engelhardt", "CC0"),
)
