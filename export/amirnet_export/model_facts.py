"""What every model file says about itself, in the place that its format has for it."""

from __future__ import annotations

from dataclasses import dataclass

AUTHOR = "AMIRNet for phones"
"""Where a format has a place for one."""

UNITS = {
    "tile": "RGB of the damaged photo, 0 to 1",
    "code": "the photo's place in the degradation tree, a number a node",
    "restored": "RGB of the restored photo, 0 to 1 where it is not clipped",
    "probes": "RGB of a patch of the photo, 0 to 1",
    "mask": "probability of each node among those of its level, 0 to 1",
    "value": "each node's value, -1 to 1",
}
"""Input or output name -> what it holds and in which unit. An int8 tensor's scale and zero point lead to that unit."""


@dataclass(frozen=True)
class ModelFacts:
    """For people and for programs: which model this is and what may be done with it."""

    name: str
    """The model's, as in the manifest."""
    description: str
    """Preset and training, in a line."""
    license: str
    """What may be done with it."""
    identity: str
    """Hash of weights and grid, as in the manifest."""

    def entries(self) -> dict[str, str]:
        """As key and value, for formats that hold such pairs."""
        return {
            "amirnet.name": self.name,
            "amirnet.description": self.description,
            "amirnet.license": self.license,
            "amirnet.identity": self.identity,
        }
