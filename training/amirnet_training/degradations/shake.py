"""Motion blur: paths of a hand-held or moving camera, drawn at random or recorded, as kernels."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from .base import log_uniform
from .blur import KernelBlur, draw_light
from .kernels import Kernel, line
from .registry import variant

Path2 = npt.NDArray[np.float64]
_CACHED = 1024  # kernels kept: an epoch's worth, some megabytes


def rasterise(x: Path2, y: Path2) -> Kernel:
    """A path's kernel: equal light at every point (pixels, x right, y down), shared among the four pixels about it;
    centred on the path's mean, so that the blurred photo stays where it was."""
    x, y = x - x.mean(), y - y.mean()
    reach = math.ceil(max(np.abs(x).max(), np.abs(y).max())) + 1
    side = 2 * reach + 1
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = x - left, y - top
    flat = np.zeros(side * side)
    for dy, wy in ((0, 1 - fy), (1, fy)):
        for dx, wx in ((0, 1 - fx), (1, fx)):
            at = (top + dy + reach) * side + (left + dx + reach)
            flat += np.bincount(at, weights=wy * wx, minlength=side * side)
    kernel = (flat / flat.sum()).reshape(side, side).astype(np.float32)
    kernel.setflags(write=False)
    return kernel


@lru_cache(maxsize=_CACHED)
def _walk(length: float, seed: int, calm: float, jerks: int) -> Kernel:
    rng = np.random.default_rng(seed)
    count = max(64, int(16 * length))
    time = np.linspace(0, 1, count)

    def smooth(pieces: int) -> Path2:
        return np.interp(time, np.linspace(0, 1, pieces + 1), rng.standard_normal(pieces + 1))

    # Heading with inertia: a slow turn, a quicker tremor, and now and then a jerk to another direction.
    heading = rng.uniform(0, 2 * np.pi) + (1 - calm) * (2.5 * np.cumsum(smooth(4)) / count * 3 + 0.9 * smooth(9))
    for place in rng.uniform(0.1, 0.9, jerks):
        heading[time > place] += rng.normal(0, 1.5)
    speed = np.exp(0.6 * smooth(5))
    speed *= length / speed.sum()
    return rasterise(np.cumsum(speed * np.cos(heading)), np.cumsum(speed * np.sin(heading)))


@variant("motion", 0.4)
@dataclass(frozen=True)
class HandShake(KernelBlur):
    """A random path with inertia."""

    length: float
    """In pixels."""
    seed: int
    """Decides the path."""
    calm: float = 0.3
    """0-1, makes it straighter."""
    jerks: int = 0
    """How many break it."""
    linear: bool = False
    """Whether light is averaged instead of levels."""
    lamps: float = 1.0
    """How much brighter than white the whitest levels really were, at least 1 (see `blur.convolve`)."""
    kind = "motion"

    @classmethod
    def draw(cls, rng: np.random.Generator) -> HandShake:
        length, seed = log_uniform(rng, 3, 28), int(rng.integers(2**32))
        return cls(length, seed, rng.uniform(0, 0.9), int(rng.poisson(0.5)), *draw_light(rng))

    def kernel(self) -> Kernel:
        return _walk(self.length, self.seed, self.calm, self.jerks)


@lru_cache(maxsize=_CACHED)
def _arc(length: float, angle: float, bend: float) -> Kernel:
    along = np.linspace(-0.5, 0.5, max(32, int(16 * length)))
    heading = math.radians(angle) + math.radians(bend) * along
    step = length / len(along)
    return rasterise(np.cumsum(step * np.cos(heading)), -np.cumsum(step * np.sin(heading)))


@variant("motion", 0.3)
@dataclass(frozen=True)
class Sweep(KernelBlur):
    """Steady motion while the shutter is open, as averaged video frames show it."""

    length: float
    """In pixels."""
    angle: float
    """In degrees, anticlockwise from x."""
    bend: float = 0.0
    """Degrees that it turns by on the way."""
    linear: bool = False
    """Whether light is averaged instead of levels."""
    lamps: float = 1.0
    """How much brighter than white the whitest levels really were, at least 1 (see `blur.convolve`)."""
    kind = "motion"

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Sweep:
        return cls(log_uniform(rng, 2.5, 20), rng.uniform(0, 180), float(rng.normal(0, 25)), *draw_light(rng))

    def kernel(self) -> Kernel:
        return _arc(self.length, self.angle, self.bend)


@lru_cache(maxsize=_CACHED)
def _straight(length: float, angle: float) -> Kernel:
    kernel = line(length, angle)
    kernel.setflags(write=False)
    return kernel


@variant("motion", 0.1)
@dataclass(frozen=True)
class StraightBlur(KernelBlur):
    """The straight path of `MotionBlur`, in linear light too."""

    length: float
    """In pixels."""
    angle: float
    """In degrees, anticlockwise from x."""
    linear: bool = False
    """Whether light is averaged instead of levels."""
    lamps: float = 1.0
    """How much brighter than white the whitest levels really were, at least 1 (see `blur.convolve`)."""
    kind = "motion"

    @classmethod
    def draw(cls, rng: np.random.Generator) -> StraightBlur:
        return cls(rng.uniform(4, 18), rng.uniform(0, 180), *draw_light(rng))

    def kernel(self) -> Kernel:
        return _straight(self.length, self.angle)


@lru_cache(maxsize=1)
def recorded() -> tuple[npt.NDArray[np.float32], ...]:
    """The recorded kernels, square, odd, sum 1: see ``shakes.json`` for where they come from."""
    data = json.loads(Path(__file__).with_name("shakes.json").read_text())
    made = []
    for one in data["kernels"]:
        values = np.frombuffer(bytes.fromhex(one["levels"]), np.uint8).reshape(one["side"], one["side"])
        made.append((values / values.sum(dtype=np.float64)).astype(np.float32))
    return tuple(made)


@lru_cache(maxsize=_CACHED)
def _turned(index: int, scale: float, angle: float, mirrored: bool) -> Kernel:
    source = recorded()[index][:, ::-1] if mirrored else recorded()[index]
    reach = math.ceil(source.shape[0] / 2 * scale * 1.42) + 1
    half = source.shape[0] // 2
    # Light stays with the path: the centre of mass goes to the middle.
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    centre = (half + float((source * x).sum()), half + float((source * y).sum()))
    turn = cv2.getRotationMatrix2D(centre, angle, scale)
    turn[:, 2] += reach - np.array(centre)
    if scale < 1:  # what is shrunk is softened first, or thin paths would break into dots
        source = cv2.GaussianBlur(np.pad(source, 2), (0, 0), 0.4 / scale)
        turn[:, 2] -= turn[:, :2] @ (2, 2)
    kernel = np.maximum(cv2.warpAffine(source, turn, (2 * reach + 1,) * 2, flags=cv2.INTER_LINEAR), 0)
    kernel[kernel < kernel.max() * 0.004] = 0
    used = np.argwhere(kernel > 0)
    keep = int(np.abs(used - reach).max())
    kernel = kernel[reach - keep : reach + keep + 1, reach - keep : reach + keep + 1]
    kernel = np.ascontiguousarray(kernel / kernel.sum())
    kernel.setflags(write=False)
    return kernel


@variant("motion", 0.2)
@dataclass(frozen=True)
class RecordedShake(KernelBlur):
    """A recorded path."""

    index: int
    """Its number in `recorded`."""
    scale: float = 1.0
    """Greater than 0."""
    angle: float = 0.0
    """Degrees that it is turned by."""
    mirrored: bool = False
    """Left and right change places."""
    linear: bool = False
    """Whether light is averaged instead of levels."""
    lamps: float = 1.0
    """How much brighter than white the whitest levels really were, at least 1 (see `blur.convolve`)."""
    kind = "motion"

    @classmethod
    def draw(cls, rng: np.random.Generator) -> RecordedShake:
        index, mirrored = int(rng.integers(len(recorded()))), bool(rng.random() < 0.5)
        return cls(index, rng.uniform(0.5, 1.2), rng.uniform(0, 360), mirrored, *draw_light(rng))

    def kernel(self) -> Kernel:
        return _turned(self.index, self.scale, self.angle, self.mirrored)
