"""How far a restorer sees, computed on the real graph: the halo of a tile follows from it (DESIGN 3.7)."""

from __future__ import annotations

import copy

import torch

from .amirnet import AMIRNet


def measure(network: AMIRNet, limit: int = 128) -> int:
    """The receptive radius in pixels: no output pixel depends on an input pixel farther away along an axis.

    Every weight is made positive, so that nothing cancels and no ReLU closes; then the gradient of one output pixel is
    non-zero exactly where the network looks. Pixels of all stride phases are tried, because strides look farther to
    one side.

    Args:
        network: any phone preset; the weights do not matter and are left as they are.
        limit: the largest radius that can be found.

    Raises:
        ValueError: the radius is larger than ``limit``, as for a network with a global operation.
    """
    restorer = copy.deepcopy(network.restorer).cpu().double()
    with torch.no_grad():
        for parameter in restorer.parameters():
            # Scaled by fan-in so that values neither vanish nor overflow through the depth.
            fan = max(1, parameter[0].numel()) if parameter.ndim > 1 else 1
            parameter.fill_(1.0 / fan)
        for fixed in restorer.buffers():
            fixed.abs_()
    alignment = int(restorer.alignment)  # type: ignore[arg-type]
    centre = -(-limit // alignment) * alignment + alignment
    image = torch.ones(1, 3, 2 * centre, 2 * centre, dtype=torch.float64, requires_grad=True)
    code = torch.ones(1, network.code_size, 1, 1, dtype=torch.float64)
    restored = restorer(image, code)
    radius = 0
    for phase in range(alignment):
        position = centre + phase
        (gradient,) = torch.autograd.grad(restored[0, :, position, position].sum(), image, retain_graph=True)
        seen = torch.nonzero(gradient[0].abs().sum(dim=0))  # (pixels, 2): row and column
        radius = max(radius, position - int(seen.min()), int(seen.max()) - position)
    if radius > limit:
        raise ValueError(f"the network sees farther than {limit} pixels: it has a global operation, or raise the limit")
    return radius
