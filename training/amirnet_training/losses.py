"""The restoration loss: smooth L1 and SSIM (paper section 3.4), balanced between easy and hard photos."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from pytorch_msssim import ssim
from torch import Tensor


def restoration_loss(restored: Tensor, clean: Tensor, *, balance: float, ssim_share: float) -> Tensor:
    """Loss of every sample, (N,), of images (N, 3, H, W) in [0, 1].

    ``(1 - s) * SmoothL1(beta=0.03) + s * (1 - SSIM)`` with s = ``ssim_share`` (0.15 in the paper). With ``balance``
    b > 0 the pixel term l becomes ``b * log(1 + l / b)``: as it was where l is small, logarithmic where it is large, so
    that low light (l about 20 times that of blur) does not take the whole gradient (DESIGN section 2, trials).
    """
    pixel = F.smooth_l1_loss(restored, clean, beta=0.03, reduction="none").mean(dim=(1, 2, 3))
    if balance > 0:
        pixel = balance * torch.log1p(pixel / balance)
    if ssim_share == 0:
        return pixel
    # Structure is compared where it can be seen: outside [0, 1] the photo is clipped anyway.
    structure = 1 - ssim(restored.clamp(0, 1), clean, data_range=1.0, size_average=False)
    return (1 - ssim_share) * pixel + ssim_share * (balance if balance > 0 else 1.0) * structure


def light_loss(lifted: Tensor, clean: Tensor, side: int = 8) -> Tensor:
    """How far photos under their tone curves are from as bright as they should be, and what of them is clipped.

    The mean distance, in [0, 1], of the means over squares of ``side`` pixels, of images (N, 3, H, W) in [0, 1].
    """
    apart = F.l1_loss(F.avg_pool2d(lifted, side), F.avg_pool2d(clean, side))
    return apart + torch.relu(lifted - 1).mean()


def psnr(restored: Tensor, clean: Tensor) -> Tensor:
    """PSNR in dB of every sample, (N,), of images in [0, 1]; the restored one is clipped. At most 100 dB."""
    error = (restored.clamp(0, 1) - clean).square().mean(dim=(1, 2, 3))
    return -10 * torch.log10(error.clamp_min(1e-10))
