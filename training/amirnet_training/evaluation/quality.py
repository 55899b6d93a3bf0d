"""PSNR and SSIM of 8-bit photos, by scikit-image's implementations, behind checks that refuse what would lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

SSIM_SIDE = 11
"""The Gaussian window of SSIM (sigma 1.5, cut at 3.5 sigma) is this wide: no photo may be smaller."""


@dataclass(frozen=True)
class Quality:
    """How close a photo is to its clean original."""

    psnr: float
    """In dB over all three channels; infinite when the photos are equal."""
    ssim: float
    """In [-1, 1], mean over the photo and its channels; 1 when the photos are equal."""


def measure_quality(clean: npt.NDArray[np.uint8], photo: npt.NDArray[np.uint8]) -> Quality:
    """Compare two uint8 HxWx3 RGB photos of one size, at least 11 x 11 pixels.

    The comparison runs in float64, so differences cannot wrap around as they do in uint8. Raises ValueError for any
    other type or shape: a float array's range cannot be told, and a CHW array would give a plausible wrong number.
    """
    for name, array in (("clean", clean), ("photo", photo)):
        if array.dtype != np.uint8:
            raise ValueError(f"{name} is {array.dtype}, not uint8; convert it to pixel levels 0..255 first")
        if array.ndim != 3 or array.shape[2] != 3 or min(array.shape[:2]) < SSIM_SIDE:
            raise ValueError(f"{name} has shape {array.shape}, not (H, W, 3) with sides of at least {SSIM_SIDE}")
    if clean.shape != photo.shape:
        raise ValueError(f"clean is {clean.shape}, photo is {photo.shape}; compare photos of one size")
    if np.array_equal(clean, photo):
        return Quality(float("inf"), 1.0)
    exact_clean, exact_photo = clean.astype(np.float64), photo.astype(np.float64)
    psnr = peak_signal_noise_ratio(exact_clean, exact_photo, data_range=255)
    ssim = structural_similarity(
        exact_clean,
        exact_photo,
        data_range=255,
        channel_axis=-1,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    return Quality(float(psnr), float(ssim))
