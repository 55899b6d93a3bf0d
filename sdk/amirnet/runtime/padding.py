"""What a pixel beyond the photo's edge is: reflect-101 once, then edge replication (CONTRACT P1-P3)."""

from __future__ import annotations

import numpy as np

from amirnet.runtime.arrays import Floats, Integers, Pixels


def source_coordinates(start: int, stop: int, length: int) -> Integers:
    """Coordinates inside [0, length) that the positions start..stop-1 of one axis read from (CONTRACT P1, P2).

    A position outside is reflected once about the edge pixel (which is not repeated); one that is still outside,
    because the photo is short, is clamped to the edge. Returns int64 of shape (stop - start,).
    """
    at = np.arange(start, stop, dtype=np.int64)
    last = length - 1
    reflected = np.where(at < 0, -at, np.where(at > last, 2 * last - at, at))
    return np.clip(reflected, 0, last)


def crop(photo: Pixels, left: int, top: int, width: int, height: int) -> Pixels:
    """The rectangle of that size at (left, top), which may lie partly or wholly beyond the photo (CONTRACT P3).

    photo: uint8 HWC. Returns uint8 of shape (height, width, 3), to be read only: where nothing lies beyond the photo,
    it is a view.
    """
    rows = source_coordinates(top, top + height, photo.shape[0])
    columns = source_coordinates(left, left + width, photo.shape[1])
    return picked(photo, rows, columns)


def picked(pixels: Pixels, rows: Integers, columns: Integers) -> Pixels:
    """The pixels at those rows and columns, whose steps are -1, 0 or 1; a view where all of them are 1."""
    down, across = _span(rows), _span(columns)
    if isinstance(across, slice):  # first, so that picked rows are copied of these columns only
        return pixels[:, across][down]
    if isinstance(down, slice):
        return pixels[down][:, across]
    return pixels[down[:, None], across[None, :]]


def _span(at: Integers) -> slice | Integers:
    return slice(int(at[0]), int(at[-1]) + 1) if int(at[-1]) - int(at[0]) == len(at) - 1 else at


def to_tensor(pixels: Pixels) -> Floats:
    """uint8 HWC (or NHWC) to float32 CHW (or NCHW): each value v becomes float32(v) / float32(255), one IEEE division
    (CONTRACT N1)."""
    *outer, height, width, channels = pixels.shape
    planes = np.empty((*outer, channels, height, width), dtype=np.float32)
    for channel in range(channels):  # plane by plane: a copy with an inner axis of three is several times as slow
        divided(pixels[..., channel], planes[..., channel, :, :])
    return planes


def to_planes(pixels: Pixels) -> Pixels:
    """uint8 HWC to CHW."""
    height, width, channels = pixels.shape
    planes = np.empty((channels, height, width), dtype=np.uint8)
    for channel in range(channels):
        planes[channel] = pixels[..., channel]
    return planes


def divided(pixels: Pixels, into: Floats) -> None:
    """Each value v as float32(v) / float32(255) in a place of the same shape (CONTRACT N1)."""
    np.divide(pixels, np.float32(255), out=into, dtype=np.float32)
