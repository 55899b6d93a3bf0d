"""What one has without a network: OpenCV's NLM, CLAHE and unsharp masking, and BM3D; each takes and gives uint8 RGB.

Their strengths are the best that a few trials found on training pairs, so that the comparison does not flatter the
network: SIDD_full256, SIDD_small256 and PolyU_orig256 for noise, LOL_our485_192 for low light, DPDD_256 for blur.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from skimage.restoration import estimate_sigma

from amirnet.errors import MissingExtraError

Photo = npt.NDArray[np.uint8]

NLM_SIGMAS = 2.0
"""NLM's filter strength, in deviations that `noise_sigma` finds (of 0.7, 1, 1.4, 2, 3)."""
BM3D_SIGMAS = 3.0
"""The same of BM3D (of 1, 1.5, 2, 3). So many because real noise is not white, and its deviation is found too small."""
CLAHE_CLIP, CLAHE_GRID = 40.0, 2
"""Clip limit (of 2 to 80) and tiles a side (of 2, 4, 8)."""
SHARPEN_SIGMA, SHARPEN_AMOUNT = 3.0, 0.25
"""Deviation of the Gaussian in pixels (of 1 to 5) and how much is added (of 0.25 to 1.5)."""
BM3D_SIDE = 160
"""BM3D takes minutes a megapixel: it gets the middle of a photo, this many pixels a side."""


@dataclass(frozen=True)
class Tool:
    """One classical tool."""

    name: str
    """In tables."""
    kinds: tuple[str, ...]
    """Of damage that it is for."""
    run: Callable[[Photo], Photo]
    """What it does to a photo."""
    slow: bool = False
    """Whether it is to be given a small photo."""


def noise_sigma(photo: Photo) -> float:
    """Deviation of the noise in levels, mean over the channels: scikit-image's wavelet estimate."""
    return float(np.mean(estimate_sigma(photo, channel_axis=-1)))


def nlm(photo: Photo) -> Photo:
    """OpenCV's fastNlMeansDenoisingColored with windows of 7 and 21 pixels, strength by `noise_sigma`."""
    strength = NLM_SIGMAS * noise_sigma(photo)
    return _uint8(cv2.fastNlMeansDenoisingColored(photo, None, strength, strength, 7, 21))


def bm3d(photo: Photo) -> Photo:
    """BM3D for colour (PyPI `bm3d`), strength by `noise_sigma`. Raises MissingExtraError."""
    try:
        from bm3d import bm3d_rgb
    except ImportError as error:
        raise MissingExtraError("BM3D is not installed here; pip install bm3d, or leave it out") from error
    sigma = max(BM3D_SIGMAS * noise_sigma(photo), 0.5)  # of nothing it cannot make a filter
    return _uint8(255 * np.asarray(bm3d_rgb(photo.astype(np.float32) / 255, sigma / 255)))


def clahe(photo: Photo) -> Photo:
    """Contrast-limited adaptive histogram equalisation of lightness (the L of LAB)."""
    lab = cv2.cvtColor(photo, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(CLAHE_CLIP, (CLAHE_GRID, CLAHE_GRID)).apply(lab[..., 0])
    return _uint8(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB))


def unsharp(photo: Photo) -> Photo:
    """Unsharp masking: a part of what a Gaussian takes away is added."""
    exact = photo.astype(np.float32)
    return _uint8(exact + SHARPEN_AMOUNT * (exact - cv2.GaussianBlur(exact, (0, 0), SHARPEN_SIGMA)))


TOOLS = (
    Tool("OpenCV NLM", ("noise",), nlm),
    Tool("BM3D", ("noise",), bm3d, slow=True),
    Tool("CLAHE", ("lowlight",), clahe),
    Tool("unsharp mask", ("defocus", "motion"), unsharp),
)


def tools_for(kind: str) -> list[Tool]:
    """The tools for a kind of damage that run here: none for JPEG, no BM3D where it is not installed."""
    found = [tool for tool in TOOLS if kind in tool.kinds]
    return [tool for tool in found if tool.run is not bm3d or importlib.util.find_spec("bm3d") is not None]


def middle(photo: Photo, side: int) -> Photo:
    """The middle `side` x `side` pixels of a photo, or less where it is smaller."""
    height, width = photo.shape[:2]
    top, left = max(0, (height - side) // 2), max(0, (width - side) // 2)
    return np.ascontiguousarray(photo[top : top + side, left : left + side])


def _uint8(values: npt.NDArray[np.generic]) -> Photo:
    return np.clip(np.rint(np.asarray(values, np.float64)), 0, 255).astype(np.uint8)
