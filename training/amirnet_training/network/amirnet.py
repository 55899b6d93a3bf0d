"""AMIRNet: a degradation encoder with tree heads, and a restorer steered by their code."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .light import LightHead, level_statistics, lift, to_levels


def level_slices(levels: int) -> list[slice]:
    """Where each tree level lies in a code: level l has 2^l entries, from 2^l - 1 (CONTRACT: tree walk)."""
    return [slice(2**level - 1, 2 ** (level + 1) - 1) for level in range(levels)]


class Place(NamedTuple):
    """Where a batch of probes lies in the tree. All tensors are (N, 2^levels - 1) except `features`."""

    features: Tensor
    """Pooled encoder features, (N, encoder.features)."""
    logits: Tensor
    """Mask heads before the softmax; entries of nodes that do not exist are -1e4."""
    mask: Tensor
    """Probability per level, in [0, 1]; the nodes of each grown level sum to 1. Numbers of severity have a 1 of their
    own."""
    value: Tensor
    """Value heads, in (-1, 1)."""

    @property
    def code(self) -> Tensor:
        """``mask * value``, (N, 2^levels - 1): the numbers that steer the restorer (paper section 3.2)."""
        return self.mask * self.value


class TreeHeads(nn.Module):
    """A mask head and a value head for every tree level, and which nodes have been grown so far.

    Entries of nodes that do not exist yet have mask 0, so their part of the code is exactly 0. With ``severity`` they
    have mask 1: their values are numbers of the code whatever node a photo is in. A node's own number means something
    in that node alone, so what all photos of a kind have in common, how far a blur reaches and which way, would be
    learnt again in each of them. To the runtime they are numbers as all others are (CONTRACT C2), and no walk looks at
    their masks (T3).

    Args:
        features: of the encoder.
        levels: of the tree.
        severity: see above.
    """

    exists: Tensor
    """(entries,) bool: the nodes grown so far. Node and code entry share one number: 2^level - 1 + index."""
    prototypes: Tensor
    """(entries, entries): row n is the running mean code of node n's samples."""
    seen: Tensor
    """(entries,) how many batches have updated each prototype."""

    def __init__(self, features: int, levels: int, severity: bool = False) -> None:
        super().__init__()
        self.levels, self.severity = levels, severity
        self.slices = level_slices(levels)
        entries = 2**levels - 1
        self.mask = nn.Linear(features, entries)
        self.value = nn.Linear(features, entries)
        exists = torch.zeros(entries, dtype=torch.bool)
        exists[0] = True
        self.register_buffer("exists", exists)
        self.register_buffer("prototypes", torch.zeros(entries, entries))
        self.register_buffer("seen", torch.zeros(entries))

    def forward(self, features: Tensor) -> Place:
        logits = self.mask(features).masked_fill(~self.exists, -1e4)
        mask = torch.cat([logits[:, part].softmax(dim=1) for part in self.slices], dim=1)
        # A level that has not been grown softmaxes to a uniform row; the product clears it.
        # Bounded, because free values run away early in training and silence the residual; softsign rather than tanh,
        # which saturates and then learns nothing about severity.
        return Place(features, logits, mask * self.exists + self.free(), F.softsign(self.value(features)))

    def free(self) -> Tensor:
        """(entries,) bool: the numbers that say how severe a damage is; none without ``severity``."""
        return ~self.exists if self.severity else torch.zeros_like(self.exists)

    @torch.no_grad()
    def update_prototypes(self, sums: Tensor, counts: Tensor, momentum: float = 0.02) -> None:
        """Moves each node's prototype towards its samples' mean code.

        Args:
            sums: (entries, entries) summed codes of each node's samples in the batch.
            counts: (entries,) how many samples that were; 0 leaves a node as it is.
            momentum: weight of the new mean, once the node has been seen 1 / momentum times.
        """
        here = counts > 0
        weight = torch.where(here, (1 / (self.seen + 1)).clamp_min(momentum), torch.zeros_like(counts))
        mean = sums / counts.clamp_min(1)[:, None]
        self.prototypes += weight[:, None] * (mean - self.prototypes)
        self.seen += here

    def cross_entropy(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Sum over grown levels of the cross-entropy of ``logits`` (N, entries) against ``labels`` (N, levels).

        A label of -1 is ignored. A level with one node only adds exactly 0.
        """
        total = logits.sum() * 0.0
        for level, part in enumerate(self.slices[1:], start=1):
            # Nothing here depends on a tensor's value: a GPU would have to be waited for.
            wanted = labels[:, level]
            missed = F.cross_entropy(logits[:, part], wanted, ignore_index=-1, reduction="sum")
            total = total + missed / (wanted >= 0).sum().clamp_min(1)
        return total


class Restored(NamedTuple):
    """What the whole network gives for a batch of N photos with R probes each."""

    image: Tensor
    """(N, 3, H, W), not clipped."""
    lifted: Tensor
    """(N, 3, H, W), the photo under its tone curves, neither clipped nor rounded; without a light head the photo."""
    code: Tensor
    """(N, 2^levels - 1), the samples' own codes, whatever they were restored by."""
    place: Place
    """Of all N * R probes."""


class AMIRNet(nn.Module):
    """The whole network. Images are (N, 3, H, W) RGB in [0, 1].

    Args:
        encoder: probes (N, 3, P, P) -> features (N, `encoder.features`).
        restorer: image (N, 3, H, W), code (N, 2^levels - 1, 1, 1) -> image.
        levels: levels of the tree, 4 for the paper's 1, 2, 4, 8 nodes.
        light: width of the light head's layer in between (`light`), as in the phone presets; 0: light is no step of
            its own.
        severity: as `TreeHeads` says.
    """

    def __init__(
        self, encoder: nn.Module, restorer: nn.Module, levels: int = 4, *, light: int = 0, severity: bool = False
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.restorer = restorer
        self.heads = TreeHeads(int(encoder.features), levels, severity)  # type: ignore[arg-type]
        self.light = LightHead(2**levels - 1, light) if light else None

    @property
    def levels(self) -> int:
        return self.heads.levels

    @property
    def code_size(self) -> int:
        return 2**self.levels - 1

    def place(self, probes: Tensor) -> Place:
        """Where each probe (N, 3, P, P) lies in the tree."""
        return self.heads(self.encoder(probes))

    def restore(self, image: Tensor, code: Tensor) -> Tensor:
        """Restores ``image`` (N, 3, H, W), as bright as it should be, as ``code`` (N, 2^levels - 1) says."""
        return self.restorer(image, code[:, :, None, None])

    def lift(self, image: Tensor, code: Tensor, statistics: Tensor) -> Tensor:
        """The photo under the tone curves that its code and its `level_statistics` (N, 24) call for; unchanged where
        the network has no light head."""
        if self.light is None:
            return image
        with torch.autocast(image.device.type, enabled=False):  # 8 bits of mantissa are too few for a photo's levels
            return lift(image, self.light(code.float(), statistics))

    def forward(
        self,
        image: Tensor,
        probes: Tensor,
        node: Tensor | None = None,
        given: Tensor | None = None,
        kept: Tensor | None = None,
    ) -> Restored:
        """Brightens and restores images by the mean code of their probes.

        Args:
            image: (N, 3, H, W).
            probes: (N, R, 3, P, P), R crops of the same photo.
            node: (N,) node whose prototype is used instead of the sample's own code; -1 for its own.
            given: (N, 2^levels - 1) codes that are used instead of either.
            kept: (N,) bool: images that are restored as bright as they are, whatever the light head says.
        """
        count, repeats = probes.shape[:2]
        place = self.place(probes.flatten(0, 1))
        code = place.code.view(count, repeats, -1).mean(dim=1)
        used = code
        if node is not None:
            used = torch.where((node >= 0)[:, None], self.heads.prototypes[node.clamp_min(0)], code)
        if given is not None:
            used = given
        lifted = self.lift(image, used, level_statistics(probes))
        bright = lifted if self.light is None else to_levels(lifted)
        if kept is not None:
            bright = torch.where(kept[:, None, None, None], image, bright)
        return Restored(self.restore(bright, used), lifted, code, place)
