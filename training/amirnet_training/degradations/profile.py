"""Noise as it was measured on phones: by level, by channel, with its correlations in space and between colours.

The measurements are those of SIDD's photos, kept in ``profile.json`` (see `make_profile`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from .base import Floats, Image, KeepsTarget, log_uniform, to_uint8
from .registry import variant
from .tone import look_up

PAIRS = ("RR", "RG", "RB", "GG", "GB", "BB")
REACH = 3
"""Half side of the filters that give the spatial correlation."""


@dataclass(frozen=True)
class Instance:
    """What was measured of one photo."""

    iso: int
    """The camera's setting."""
    deviation: Floats
    """Of the noise, (256, 3), in levels, by level and channel."""
    bias: Floats
    """Mean of the noise, (256, 3), in levels."""
    colours: npt.NDArray[np.float64]
    """Correlations between the channels, (3, 3)."""


@lru_cache(maxsize=1)
def instances() -> tuple[Instance, ...]:
    """All measured photos."""
    data = _data()

    def course(tenths: list[int]) -> Floats:
        rows = np.array(tenths).reshape(3, -1) / 10
        return np.stack([np.interp(np.arange(256), data["knots"], row) for row in rows], axis=1).astype(np.float32)

    made = []
    for one in data["instances"]:
        rg, rb, gb = (value / 100 for value in one["colours"])
        colours = np.array([[1, rg, rb], [rg, 1, gb], [rb, gb, 1]])
        made.append(Instance(one["iso"], course(one["deviation"]), course(one["bias"]), colours))
    return tuple(made)


@lru_cache(maxsize=1)
def _data() -> dict:
    return json.loads(Path(__file__).with_name("profile.json").read_text())


def spatial() -> npt.NDArray[np.float64]:
    """Measured correlations (3, 3, 5, 5): of two channels, at dy and dx of -2..2."""
    table = np.zeros((3, 3, 5, 5))
    for name in PAIRS:
        a, b = ("RGB".index(letter) for letter in name)
        block = np.array(_data()["spatial"][name])
        # A photo turned round has the same noise: only what is symmetric is kept.
        table[a, b] = table[b, a] = (block + block[::-1, ::-1]) / 2
    return table


def _power(matrix: npt.NDArray[np.float64], exponent: float) -> npt.NDArray[np.float64]:
    """A power of symmetric matrices (..., n, n); eigenvalues below a thousandth are taken as one."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 1e-3)[..., None, :] ** exponent) @ np.swapaxes(vectors, -1, -2)


@lru_cache(maxsize=1)
def filters() -> Floats:
    """Filters (3, 3, 7, 7) that turn three planes of white noise into three with the correlations of `spatial` and
    deviation 1: the square root of the cross spectrum, at zero phase."""
    size = 32
    wrapped = np.zeros((3, 3, size, size))
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            wrapped[:, :, dy, dx] = spatial()[:, :, dy + 2, dx + 2]
    spectrum = np.moveaxis(np.fft.fft2(wrapped).real, (0, 1), (2, 3))
    taps = np.moveaxis(np.fft.ifft2(_power(spectrum, 0.5), axes=(0, 1)).real, (2, 3), (0, 1))
    cut = np.roll(taps, (REACH, REACH), (2, 3))[:, :, : 2 * REACH + 1, : 2 * REACH + 1]
    return (cut / np.sqrt((cut**2).sum(axis=(1, 2, 3)))[:, None, None, None]).astype(np.float32)


@lru_cache(maxsize=256)
def _recolour(index: int) -> Floats:
    """Takes noise with the common colour correlation to that of an instance, (3, 3)."""
    common = np.einsum("ikyx,jkyx->ij", filters(), filters())
    return (_power(instances()[index].colours, 0.5) @ _power(common, -0.5)).astype(np.float32)


def unit_noise(shape: tuple[int, ...], index: int | None, rng: np.random.Generator) -> Floats:
    """Noise (H, W, 3) of deviation 1 with the spatial correlation of phones and the colours of instance ``index``, or
    those of all phones together."""
    white = rng.standard_normal((3, *shape[:2]), dtype=np.float32)
    planes = []
    for row in filters():
        taken = [cv2.filter2D(white[j], -1, row[j], borderType=cv2.BORDER_REFLECT_101) for j in range(3)]
        planes.append(taken[0] + taken[1] + taken[2])
    noise = cv2.merge(planes)
    return (noise if index is None else cv2.transform(noise, _recolour(index))).reshape(shape)


@variant("camera", 0.2)
@dataclass(frozen=True)
class ProfileNoise(KeepsTarget):
    """Noise as it was measured."""

    index: int
    """Which measured photo it is like, among `instances`."""
    gain: float = 1.0
    """What the measured deviation is multiplied by."""
    kind = "camera"
    margin = REACH

    @classmethod
    def draw(cls, rng: np.random.Generator) -> ProfileNoise:
        return cls(int(rng.integers(len(instances()))), log_uniform(rng, 0.8, 1.25))

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        measured = instances()[self.index]
        noise = unit_noise(image.shape, self.index, rng)
        noise *= look_up(image, measured.deviation * np.float32(self.gain))
        # The mean shifts where noise is strong, by the bend of the tone curve: with the square of the gain.
        return to_uint8(look_up(image, np.arange(256)[:, None] + measured.bias * np.float32(self.gain**2)) + noise)
