"""What the method is measured against: a restorer that is steered by the true kind of damage, or by nothing."""

from __future__ import annotations

import torch
from torch import Tensor

from ..degradations import KINDS
from ..network import AMIRNet


def fix_prototypes(network: AMIRNet) -> None:
    """Makes node 0's prototype a code of zeros, and node 1 + k's a code that is 1 for kind k alone.

    Raises ValueError when the tree has fewer nodes than that.
    """
    if network.code_size <= len(KINDS):
        raise ValueError(f"a tree of {network.levels} levels has no node for each kind: use 4 or more")
    codes = torch.eye(network.code_size)
    codes[0] = 0
    network.heads.prototypes.copy_(codes)


def nodes_of_kinds(code: str, kinds: list[str], device: torch.device) -> Tensor | None:
    """The node, of those that `fix_prototypes` made, that steers each sample, (N,); None where the tree steers.

    Args:
        code: the configuration's ``tree.code``.
        kinds: the true kind of each sample.
    """
    match code:
        case "kind":
            return torch.tensor([1 + KINDS.index(kind) for kind in kinds], device=device)
        case "none":
            return torch.zeros(len(kinds), dtype=torch.long, device=device)
    return None
