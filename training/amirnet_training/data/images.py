"""Folders of photographs, decoded once and kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from ..degradations.kinds import Image
from ..errors import DataError
from . import scenes

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"}


def list_images(folder: Path) -> list[Path]:
    """Image files of ``folder``, by name.

    Raises:
        DataError: no such folder, or no image in it.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder: name one with images")
    found = sorted(path for path in folder.iterdir() if is_image(path))
    if not found:
        raise DataError(f"{folder}: holds no images ({', '.join(sorted(SUFFIXES))}): name a folder with some")
    return found


def is_image(path: Path) -> bool:
    """Whether it is an image file by its name. Hidden ones are not: copies leave `._NAME.png` without a picture."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()


def list_pairs(inputs: Path, targets: Path) -> list[tuple[Path, Path]]:
    """Files of two folders paired by name (the suffix may differ).

    Raises:
        DataError: a folder is missing or empty, an input has no partner, or more than one.
    """
    by_stem: dict[str, Path] = {}
    for path in list_images(targets):
        if path.stem in by_stem:
            raise DataError(f"{path}: {by_stem[path.stem].name} has the same name: keep one of them")
        by_stem[path.stem] = path
    pairs = []
    for path in list_images(inputs):
        if path.stem not in by_stem:
            raise DataError(f"{path}: has no partner in {targets}: pairs need the same file name in both folders")
        pairs.append((path, by_stem[path.stem]))
    return pairs


def decode(path: Path) -> Image:
    """(H, W, 3) uint8 RGB, upright.

    A drawn scene's name is drawn.

    Raises:
        DataError: the file cannot be decoded.
    """
    if path.parent == scenes.DRAWN:
        return scenes.scene(path)
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise DataError(f"{path}: cannot be decoded as an image: remove or replace it")
    return np.ascontiguousarray(image[:, :, ::-1]).astype(np.uint8, copy=False)


class ImageCache:
    """Decodes on first use and keeps the pixels.

    `preload` before data workers fork and they share the pages; workers that are spawned fill their own.
    """

    def __init__(self) -> None:
        self._images: dict[Path, Image] = {}

    def __getitem__(self, path: Path) -> Image:
        if path not in self._images:
            self._images[path] = decode(path)
        return self._images[path]

    def fill(self, paths: Sequence[Path], advance: Callable[[int], None]) -> None:
        """Decodes files, several at a time, calling ``advance(1)`` after each. Raises DataError."""
        with ThreadPoolExecutor() as pool:  # OpenCV decodes outside of Python's lock
            for path, image in zip(paths, pool.map(decode, paths), strict=True):
                self._images[path] = image
                advance(1)

    def __getstate__(self) -> dict[str, object]:
        return {"_images": {}}
