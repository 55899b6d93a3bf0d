"""The configuration's section on data: which photos, how they are damaged, and how crops of them are cut."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from .degradations import KINDS

Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Section(BaseModel):
    """A part of the configuration: unknown keys are errors, so that a typing slip never trains silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CleanSource(Section):
    """Clean photographs that are degraded on the fly."""

    clean: list[str]
    """Folders below `data.root`; ``drawn:N`` stands for N scenes that are drawn (data/scenes.py)."""
    weight: Annotated[float, Field(gt=0)]
    """Share of the samples, relative to the other sources'."""
    degradations: dict[str, Annotated[float, Field(ge=0)]]
    """Kind -> weight."""
    common_noise: Share = 0.0
    """Share of the noises that have their colours correlated, as in-camera processing leaves them."""
    recompressed: Share = 0.0
    """Share of the damages that are followed by a JPEG of quality 75-98."""
    after_blur_noise: Share = 0.7
    """Share of the blurs with a little noise on top. A photo as it was taken always has some; made smaller or denoised
    it has next to none, and then much more of a blur can be undone."""
    dimmed: Share = 0.0
    """Share of the photos that are darkened on purpose first, target included: dark is not yet too dark."""
    shrunk: Share = 0.0
    """Share of the photos that are made smaller by 1.3 to 3 first: sharper than any photo as it was taken."""
    shuffled: Share = 0.0
    """Share of the photos whose colours change places first."""

    @model_validator(mode="after")
    def _known_kinds(self) -> CleanSource:
        for kind in self.degradations:
            if kind not in KINDS:
                raise ValueError(f"unknown degradation kind {kind!r}: use {', '.join(KINDS)}")
        if sum(self.degradations.values()) <= 0:
            raise ValueError("degradations need at least one weight above 0")
        return self


class PairSource(Section):
    """Real pairs: two folders below `data.root` with the same file names."""

    inputs: str
    """Folder of the photos as they are."""
    targets: str
    """Folder of the photos as they should be."""
    kind: str
    """What the inputs suffer from: for the tables only, never shown to the network."""
    weight: Annotated[float, Field(gt=0)]
    """Share of the samples, relative to the other sources'."""
    exposed: Annotated[float, Field(gt=0, le=1)] = 1.0
    """The least factor that input and target are darkened by, drawn for each visit to half of them: the damage stays
    what it was. 1: never."""
    swapped: Share = 0.0
    """Share of the visits in which red and blue change places."""


def _source_kind(value: object) -> str:
    clean = "clean" in value if isinstance(value, dict) else isinstance(value, CleanSource)
    return "CleanSource" if clean else "PairSource"


# Told apart by what they name, so that an error is about the source that was meant.
Source = Annotated[
    Annotated[CleanSource, Tag("CleanSource")] | Annotated[PairSource, Tag("PairSource")], Discriminator(_source_kind)
]


class DataConfig(Section):
    root: Path = Path("data/train")
    """Folder of the image sets."""
    patch: Annotated[int, Field(ge=16, multiple_of=16)] = 64
    """Side of the restored patch, in pixels, and of a probe unless `probe` says otherwise."""
    probe: Annotated[int, Field(ge=0, multiple_of=16)] = 0
    """Side of a probe, in pixels; 0: that of a patch. Other than that needs windows."""
    probes: Positive = 2
    """Probes a sample, from elsewhere in the same photo: what the code is averaged over."""
    items: Positive = 8192
    """Samples with a fixed photo and a fixed degradation: what the tree clusters. Crops are fresh each visit."""
    holdout: Share = 0.03
    """Share of each source's photos kept for validation."""
    workers: Annotated[int, Field(ge=0)] = 1
    """Processes that damage photos; 0: the training process does."""
    window: Annotated[int, Field(ge=0, multiple_of=16)] = 0
    """Side of the windows that are damaged ahead and kept in memory, for crops to be cut from; 0: each crop is made for
    itself. With a GPU the photos cannot be damaged as fast as they are learnt from."""
    refresh: Positive = 4000
    """Steps after which every window is made anew, from another place of its photo and with other noise."""
    sources: list[Source] = Field(min_length=1)
    """Where the photos come from."""

    @property
    def probe_side(self) -> int:
        """Side of a probe, in pixels."""
        return self.probe or self.patch
