"""What all blurs share: a kernel, and whether light or the 8-bit levels are averaged."""

from __future__ import annotations

import cv2
import numpy as np

from .base import Image, KeepsTarget, to_uint8
from .kernels import Kernel
from .tone import encode, levels, look_up

GAMMA = 2.2
"""Light is this power of a level: what a blur in linear light averages."""


def convolve(image: Image, kernel: Kernel, linear: bool = False, lamps: float = 1.0) -> Image:
    """``image`` blurred; ``linear`` averages light, as lenses and shutters do.

    ``lamps`` (>= 1) is how much brighter than white the whitest levels (above 250) really were: lamps and glints cut
    off by the sensor stay bright when they are smeared. Only in linear light.
    """
    flipped = np.ascontiguousarray(kernel[::-1, ::-1])  # filter2D correlates
    if not linear:
        return to_uint8(cv2.filter2D(image.astype(np.float32), -1, flipped, borderType=cv2.BORDER_REFLECT_101))
    table = levels() ** np.float32(GAMMA)
    table *= np.interp(np.arange(256), [250, 255], [1, lamps]).astype(np.float32)
    light = cv2.filter2D(look_up(image, table), -1, flipped, borderType=cv2.BORDER_REFLECT_101)
    return to_uint8(encode(light, GAMMA) * np.float32(255))


class KernelBlur(KeepsTarget):
    """A blur by the kernel that a record's `kernel` gives."""

    linear: bool
    """Whether light is averaged instead of levels."""
    lamps: float
    """How much brighter than white the whitest levels really were, at least 1 (see `blur.convolve`)."""

    def kernel(self) -> Kernel:
        raise NotImplementedError

    @property
    def margin(self) -> int:
        return self.kernel().shape[0] // 2 + 1

    def __call__(self, image: Image, rng: np.random.Generator) -> Image:
        return convolve(image, self.kernel(), self.linear, self.lamps)


def draw_light(rng: np.random.Generator) -> tuple[bool, float]:
    """``linear`` for half of all blurs, and lamps for a third of those."""
    linear = bool(rng.random() < 0.5)
    return linear, float(rng.uniform(1, 4)) if linear and rng.random() < 1 / 3 else 1.0
