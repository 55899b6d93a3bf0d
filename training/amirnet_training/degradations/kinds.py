"""The degradations one by one: each a frozen record of its strength that can be applied to an image.

All take an image of shape (H, W, 3), uint8 RGB, and return a new one of the same shape and type: what reaches a
phone's restorer is 8-bit, so every degradation ends with rounding. ``margin`` is how many pixels of real
surroundings a crop needs so that its inside is degraded as the whole photo's would be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from . import kernels

Image = npt.NDArray[np.uint8]


class Degradation(Protocol):
    """Makes a clean photo worse in one way."""

    @property
    def kind(self) -> str:
        """The kind's name, one of `KINDS`."""
        ...

    @property
    def margin(self) -> int: ...

    def __call__(self, image: Image, rng: np.random.Generator) -> Image: ...


def to_uint8(values: npt.NDArray[np.floating[Any]]) -> Image:
    """Rounds values in 0..255 to the nearest level, clipping."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _gaussian(shape: tuple[int, ...], rng: np.random.Generator, common: float = 0.0) -> npt.NDArray[np.float32]:
    """White noise of deviation 1, (H, W, 3); any two channels have correlation ``common`` in [0, 1]."""
    noise = rng.standard_normal(shape, dtype=np.float32)
    if common > 0:
        shared = rng.standard_normal((*shape[:2], 1), dtype=np.float32)
        noise = np.float32(np.sqrt(1 - common)) * noise + np.float32(np.sqrt(common)) * shared
    return noise


@dataclass(frozen=True)
class Clean:
    """No degradation: the photo itself."""

    kind = "none"
    margin = 0

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        return image.copy()


@dataclass(frozen=True)
class GaussianNoise:
    """White noise of standard deviation ``sigma`` levels (0-255), equal everywhere.

    ``common`` is the correlation between colours in [0, 1]: in-camera processing takes colour out of noise.
    """

    sigma: float
    common: float = 0.0
    kind = "noise"
    margin = 0

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        return to_uint8(image + self.sigma * _gaussian(image.shape, rng, self.common))


@dataclass(frozen=True)
class CameraNoise:
    """Sensor noise in linear light: variance ``shot * x + read^2`` (x in [0, 1]), then the camera's tone curve.

    ``spread`` (pixels) correlates neighbours as demosaicking and in-camera filtering do; 0 leaves it white. ``common``
    correlates colours, as in GaussianNoise.
    """

    shot: float
    read: float
    spread: float = 0.0
    common: float = 0.0
    kind = "camera"
    margin = 4

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        linear = (image.astype(np.float32) / 255) ** 2.2
        noise = _gaussian(image.shape, rng, self.common)
        if self.spread > 0:
            noise = cv2.GaussianBlur(noise, (0, 0), self.spread)
            # A blur by sigma keeps about 1 / (2 sigma sqrt(pi)) of white noise's deviation; undo it by measuring.
            noise /= max(float(noise.std()), 1e-6)
        noisy = linear + np.sqrt(self.shot * linear + self.read**2) * noise
        return to_uint8(np.clip(noisy, 0, 1) ** (1 / 2.2) * 255)


@dataclass(frozen=True)
class Defocus:
    """Out of focus: convolution with a disk of ``radius`` pixels."""

    radius: float
    kind = "defocus"

    @property
    def margin(self) -> int:
        return int(self.radius) + 2

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        return _convolve(image, kernels.disk(self.radius))


@dataclass(frozen=True)
class MotionBlur:
    """Camera shake: a straight path of ``length`` pixels at ``angle`` degrees."""

    length: float
    angle: float
    kind = "motion"

    @property
    def margin(self) -> int:
        return int(self.length / 2) + 2

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        return _convolve(image, kernels.line(self.length, self.angle))


@dataclass(frozen=True)
class LowLight:
    """Too little light: levels times ``factor`` (after ``gamma``), with shot and read noise of the dark photo.

    The noise has variance ``shot * x + read^2`` on [0, 1].
    """

    factor: float
    gamma: float = 1.0
    shot: float = 0.0004
    read: float = 0.006
    kind = "lowlight"
    margin = 0

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        dark = self.factor * (image.astype(np.float32) / 255) ** self.gamma
        noisy = dark + np.sqrt(self.shot * dark + self.read**2) * _gaussian(image.shape, rng)
        return to_uint8(noisy * 255)


@dataclass(frozen=True)
class Jpeg:
    """JPEG compression at ``quality`` 1-100 (4:2:0 chroma, as cameras write it)."""

    quality: int
    kind = "jpeg"
    margin = 8

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB).astype(np.uint8)


@dataclass(frozen=True)
class Recompressed:
    """A damaged photo that was then saved as a JPEG, as nearly every photo is. Its kind stays the damage's."""

    first: Degradation
    jpeg: Jpeg

    @property
    def kind(self) -> str:
        return self.first.kind

    @property
    def margin(self) -> int:
        return self.first.margin + self.jpeg.margin

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        return self.jpeg(self.first(image, rng), rng)


def _convolve(image: Image, kernel: kernels.Kernel) -> Image:
    # filter2D correlates; the kernels are symmetric under a half turn, so that is a convolution too.
    blurred = cv2.filter2D(image.astype(np.float32), -1, kernel, borderType=cv2.BORDER_REFLECT_101)
    return to_uint8(blurred)


KINDS = ("none", "noise", "camera", "defocus", "motion", "lowlight", "jpeg")
"""All kinds, in the order in which tables show them."""
