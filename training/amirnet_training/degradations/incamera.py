"""What a camera's own denoiser leaves of its noise: blotches, weak colour, lost texture; then the camera's JPEG."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .base import Floats, Image, KeepsTarget, log_uniform, to_uint8
from .kinds import Jpeg
from .registry import variant
from .tone import inverse_s_curve, levels, linear_to_srgb, look_up, s_curve, srgb_to_linear


def blotches(height: int, width: int, channels: int, spread: float, rng: np.random.Generator) -> Floats:
    """Noise (height, width, channels) of deviation 1, white noise blurred by a Gaussian of ``spread`` pixels (> 0).

    Wide blotches are made on a coarser grid: they have nothing finer.
    """
    step = max(1, int(spread / 1.2))
    rows, columns = -(-height // step) + 2, -(-width // step) + 2
    white = rng.standard_normal((rows, columns, channels), dtype=np.float32)
    sigma = spread / step
    taps = cv2.getGaussianKernel(2 * int(np.ceil(3 * sigma)) + 1, sigma, cv2.CV_32F)
    soft = cv2.sepFilter2D(white, -1, taps, taps, borderType=cv2.BORDER_REFLECT_101) / float((taps**2).sum())
    if step > 1:
        soft = cv2.resize(soft, (columns * step, rows * step), interpolation=cv2.INTER_CUBIC)
    return soft.reshape(*soft.shape[:2], channels)[:height, :width]


_CHANNELS = np.array([1.0, 0.45, 1.15], np.float32)
"""Colour noise of red, green and blue: the gains of the white balance, and twice as many green pixels."""


@variant("camera", 0.25)
@dataclass(frozen=True)
class InCameraJpeg(KeepsTarget):
    """Residual noise after in-camera denoising, then JPEG."""

    shot: float
    """Variance ``shot * x + read^2`` in linear light x in [0, 1] of what is left of the noise."""
    read: float
    """See `shot`."""
    grain: float = 0.7
    """Spread of the fine noise in pixels."""
    blotch: float = 1.8
    """Spread of the coarse noise in pixels."""
    coarse: float = 0.5
    """Share of the brightness noise's variance that is coarse, 0-1."""
    colour: float = 0.6
    """Deviation of the colour noise as a share of the brightness noise's."""
    colour_spread: float = 2.5
    """Spread of the colour noise in pixels."""
    smear: float = 0.4
    """Share of the texture weaker than the noise that the denoiser took away, 0-1."""
    tone: float = 0.5
    """Strength of the contrast curve, 0-1."""
    quality: int = 92
    """How the photo was saved, 1-100."""
    full_colour: bool = False
    """4:4:4 instead of 4:2:0 chroma."""
    kind = "camera"
    margin = 16

    @classmethod
    def draw(cls, rng: np.random.Generator) -> InCameraJpeg:
        shot = log_uniform(rng, 8e-5, 4e-3)
        coarse = rng.uniform(0.0, 0.2) if rng.random() < 0.55 else rng.uniform(0.2, 0.4)
        return cls(
            shot=shot,
            read=log_uniform(rng, 3e-4, 4e-3),
            grain=rng.uniform(0.3, 0.6),
            blotch=rng.uniform(1.3, 3.0),
            coarse=coarse,
            colour=rng.uniform(0.5, 1.1),
            colour_spread=log_uniform(rng, 0.6, 4),
            smear=rng.uniform(0, 0.6),
            tone=rng.uniform(0.4, 1),
            quality=int(rng.integers(80, 99)),
            full_colour=bool(rng.random() < 0.35),
        )

    def deviation(self) -> Floats:
        """The noise's deviation in levels at every level, (256,): sensor noise times the slope of the tone curve."""
        light = srgb_to_linear(inverse_s_curve(levels(), self.tone))
        step = np.float32(1e-3)  # wide enough that the slope at black is what noise there meets
        high, low = (s_curve(linear_to_srgb(np.clip(one, 0, 1)), self.tone) for one in (light + step, light - step))
        slope = (high - low) / (np.minimum(light + step, 1) - np.maximum(light - step, 0))
        return (255 * slope * np.sqrt(self.shot * light + self.read**2)).astype(np.float32)

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        height, width = image.shape[:2]
        bright = np.float32((1 - self.coarse) ** 0.5) * blotches(height, width, 1, self.grain, rng)
        bright = bright + np.float32(self.coarse**0.5) * blotches(height, width, 1, self.blotch, rng)
        noise = bright + np.float32(self.colour) * _CHANNELS * blotches(height, width, 3, self.colour_spread, rng)
        deviation = look_up(image, self.deviation())
        values = image.astype(np.float32)
        if self.smear > 0:
            detail = values - cv2.GaussianBlur(values, (0, 0), 1.0).reshape(values.shape)
            values = values - np.float32(self.smear) * np.clip(detail, -deviation, deviation)
        return Jpeg(self.quality, self.full_colour)(to_uint8(values + noise * deviation), rng)
