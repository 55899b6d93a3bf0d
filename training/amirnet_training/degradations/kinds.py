"""The plain degradations, which the tables use: each a frozen record of its strength, to be applied to an image."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from . import kernels
from .base import KINDS, Degradation, Image, KeepsTarget, gaussian, to_uint8

__all__ = [
    "KINDS", "CameraNoise", "Clean", "Defocus", "Degradation", "GaussianNoise", "Image", "Jpeg", "LowLight",
    "MotionBlur", "Recompressed", "to_uint8",
]  # fmt: skip


@dataclass(frozen=True)
class Clean(KeepsTarget):
    """No degradation: the photo itself."""

    kind = "none"
    margin = 0

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        return image.copy()


@dataclass(frozen=True)
class GaussianNoise(KeepsTarget):
    """White noise, equal everywhere."""

    sigma: float
    """Standard deviation in levels (0-255)."""
    common: float = 0.0
    """Correlation between colours in [0, 1]: in-camera processing takes colour out of noise."""
    kind = "noise"
    margin = 0

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        return to_uint8(image + self.sigma * gaussian(image.shape, rng, self.common))


@dataclass(frozen=True)
class CameraNoise(KeepsTarget):
    """Sensor noise in linear light: variance ``shot * x + read^2`` (x in [0, 1]), then the camera's tone curve."""

    shot: float
    """Of the variance, per light."""
    read: float
    """Deviation in the dark."""
    spread: float = 0.0
    """Pixels over which neighbours are correlated, as by demosaicking and in-camera filtering; 0 leaves it white."""
    common: float = 0.0
    """Correlation between colours, as in GaussianNoise."""
    kind = "camera"
    margin = 4

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        linear = (image.astype(np.float32) / 255) ** 2.2
        noise = gaussian(image.shape, rng, self.common)
        if self.spread > 0:
            noise = cv2.GaussianBlur(noise, (0, 0), self.spread)
            # A blur by sigma keeps about 1 / (2 sigma sqrt(pi)) of white noise's deviation; undo it by measuring.
            noise /= max(float(noise.std()), 1e-6)
        noisy = linear + np.sqrt(self.shot * linear + self.read**2) * noise
        return to_uint8(np.clip(noisy, 0, 1) ** (1 / 2.2) * 255)


@dataclass(frozen=True)
class Defocus(KeepsTarget):
    """Out of focus: convolution with a disk."""

    radius: float
    """Of the disk, in pixels."""
    kind = "defocus"

    @property
    def margin(self) -> int:
        return int(self.radius) + 2

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        return _convolve(image, kernels.disk(self.radius))


@dataclass(frozen=True)
class MotionBlur(KeepsTarget):
    """Camera shake along a straight path."""

    length: float
    """In pixels."""
    angle: float
    """In degrees, anticlockwise from x."""
    kind = "motion"

    @property
    def margin(self) -> int:
        return int(self.length / 2) + 2

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        return _convolve(image, kernels.line(self.length, self.angle))


@dataclass(frozen=True)
class LowLight(KeepsTarget):
    """Too little light: ``factor * x ** gamma`` on [0, 1], then noise of variance ``shot * dark + read^2``."""

    factor: float
    """In (0, 1]."""
    gamma: float = 1.0
    """Greater than 0."""
    shot: float = 0.0004
    """Of the variance, per light."""
    read: float = 0.006
    """Deviation in the dark."""
    kind = "lowlight"
    margin = 0

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        dark = self.factor * (image.astype(np.float32) / 255) ** self.gamma
        noisy = dark + np.sqrt(self.shot * dark + self.read**2) * gaussian(image.shape, rng)
        return to_uint8(noisy * 255)


@dataclass(frozen=True)
class Jpeg(KeepsTarget):
    """JPEG compression."""

    quality: int
    """1-100."""
    full_colour: bool = False
    """4:4:4 chroma instead of 4:2:0, as most cameras write it."""
    kind = "jpeg"
    margin = 8

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        options = [cv2.IMWRITE_JPEG_QUALITY, self.quality]
        if self.full_colour:
            options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
        _, data = cv2.imencode(".jpg", bgr, options)
        return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB).astype(np.uint8)


@dataclass(frozen=True)
class Recompressed:
    """A damaged photo that was then saved as a JPEG, as nearly every photo is. Its kind stays the damage's."""

    first: Degradation
    """The damage before the JPEG."""
    jpeg: Jpeg
    """How it was saved."""

    @property
    def kind(self) -> str:
        return self.first.kind

    @property
    def margin(self) -> int:
        return self.first.margin + self.jpeg.margin

    def target(self, image: Image) -> Image:
        return self.first.target(image)

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        return self.jpeg(self.first(image, rng), rng)


def _convolve(image: Image, kernel: kernels.Kernel) -> Image:
    # filter2D correlates; the kernels are symmetric under a half turn, so that is a convolution too.
    blurred = cv2.filter2D(image.astype(np.float32), -1, kernel, borderType=cv2.BORDER_REFLECT_101)
    return to_uint8(blurred)
