"""A phone's sensor: noise made where it arises, on the colour mosaic, and carried through the camera's processing.

After Brooks et al., "Unprocessing Images for Learned Raw Denoising" (CVPR 2019): the photo is taken back to sensor
light, gets shot and read noise, is demosaicked and processed again. Here only the noise is mosaicked: it is added to
the photo's own sensor light before processing, so that without noise the photo comes back unchanged, and sharp.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from .base import Floats, Image, KeepsTarget, log_uniform, to_uint8
from .demosaic import DEMOSAICS, demosaic_noise
from .registry import variant
from .tone import encode, inverse_s_curve, levels, look_up, s_curve, srgb_to_linear

_XYZ_TO_CAMERA = np.array(
    [
        [1.0234, -0.2969, -0.2266, -0.5625, 1.6328, -0.0469, -0.0703, 0.2188, 0.6406],
        [0.4913, -0.0541, -0.0202, -0.6130, 1.3513, 0.2906, -0.1564, 0.2151, 0.7183],
        [0.8380, -0.2630, -0.0639, -0.2887, 1.0725, 0.2496, -0.0627, 0.1427, 0.5438],
        [0.6596, -0.2079, -0.0562, -0.4782, 1.3016, 0.1933, -0.0970, 0.1581, 0.5181],
    ]
).reshape(4, 3, 3)
"""Colour matrices of four cameras as their DNG files state them (D65), XYZ to camera."""

_RGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
CAMERAS = len(_XYZ_TO_CAMERA)


def colour_matrix(mix: tuple[float, ...], colour: float = 1.0) -> Floats:
    """Linear sRGB to camera RGB, (3, 3), rows of sum 1 so that white stays white; ``mix`` weighs the cameras, and
    ``colour`` 0-1 is how much of the difference between their colours and sRGB's is corrected."""
    matrix = np.tensordot(np.array(mix), _XYZ_TO_CAMERA, 1) @ _RGB_TO_XYZ
    matrix /= matrix.sum(axis=1, keepdims=True)
    return (colour * matrix + (1 - colour) * np.eye(3)).astype(np.float32)


@variant("camera", 0.45)
@dataclass(frozen=True)
class RawNoise(KeepsTarget):
    """Shot and read noise on a raw file, variance ``shot * x + read^2`` at sensor light x in [0, 1] of full scale."""

    shot: float
    """Of the variance, per light, at the sensor."""
    read: float
    """Deviation in the dark, at the sensor."""
    white: tuple[float, float] = (2.0, 1.7)
    """Gains of the white balance that the camera applied, red and blue (> 0)."""
    gain: float = 1.25
    """Brightening after exposure (> 0); the sensor clips at 1, so at `gain` or above in the photo's light."""
    mix: tuple[float, ...] = (0.25, 0.25, 0.25, 0.25)
    """Weight of each camera's colour matrix, sum 1."""
    colour: float = 0.5
    """Strength of the colour correction, 0-1. Noise that went through the whole of it would have less correlation
    between colours than phones' photos show."""
    tone: float = 0.5
    """Strength of the contrast curve, 0-1."""
    demosaic: str = "gradient"
    """One of `DEMOSAICS`."""
    phase: int = 0
    """Which of the four Bayer layouts, 0-3."""
    kind = "camera"
    margin = 8

    @classmethod
    def draw(cls, rng: np.random.Generator, low: float = 2e-4, high: float = 2e-2) -> RawNoise:
        """``shot`` log-uniform in [low, high]; the rest as cameras have it."""
        shot = log_uniform(rng, low, high)
        mix = rng.dirichlet(np.ones(CAMERAS))
        return cls(
            shot=shot,
            read=read_given_shot(shot, rng) * float(np.exp(rng.normal(0.7, 0.4))),
            white=(rng.uniform(1.4, 2.6), rng.uniform(1.3, 2.4)),
            gain=float(np.clip(1 / rng.normal(0.8, 0.1), 1.0, 2.0)),
            mix=tuple(float(weight) for weight in mix),
            colour=rng.uniform(0.2, 0.8),
            tone=0.0 if rng.random() < 0.5 else rng.uniform(0, 0.8),
            demosaic=str(rng.choice(DEMOSAICS, p=[0.12, 0.16, 0.72])),
            phase=int(rng.integers(4)),
        )

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        return to_uint8(self.render(image, rng) * np.float32(255))

    def render(self, image: Image, rng: np.random.Generator) -> Floats:
        """The noisy photo before rounding, float32 in [0, 1]."""
        matrix = colour_matrix(self.mix, self.colour)
        light = look_up(image, srgb_to_linear(inverse_s_curve(levels(), self.tone)))
        to_sensor = np.array([1 / self.white[0], 1, 1 / self.white[1]], np.float32) / np.float32(self.gain)
        raw = cv2.transform(light, to_sensor[:, None] * matrix)
        noise = demosaic_noise(raw, self.shot, self.read, self.phase, self.demosaic, rng)
        # What the sensor cannot hold is cut before the gains, so highlights keep little noise.
        noisy = np.minimum(raw + noise, np.maximum(raw, 1))
        back = np.linalg.inv(matrix).astype(np.float32) / to_sensor
        return s_curve(encode(cv2.transform(noisy, back)), self.tone)


def read_given_shot(shot: float, rng: np.random.Generator) -> float:
    """Read noise of a sensor at the gain whose shot noise is ``shot``: the line through log-log that Brooks et al.
    measured on the Darmstadt set's cameras, with its scatter."""
    return math.sqrt(math.exp(2.18 * math.log(shot) + 1.20 + rng.normal(0, 0.26)))
