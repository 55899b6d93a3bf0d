"""Between a photo's own colours, as its ICC profile states them, and the sRGB that the network was trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

from amirnet.runtime.arrays import Pixels

_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_BLACK = ImageCms.Flags.BLACKPOINTCOMPENSATION
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""ICC colour space -> Pillow mode."""


@dataclass(frozen=True, eq=False)
class ColorProfile:
    """Colours both ways, 8 bits, HWC. A gray photo has one channel of its own, any other three."""

    to_srgb: Callable[[Pixels], Pixels]
    """The photo's colours to sRGB."""
    from_srgb: Callable[[Pixels], Pixels]
    """sRGB to the photo's colours."""

    @classmethod
    def plain(cls, gray: bool) -> ColorProfile:
        """The photo's colours are sRGB already; gray is repeated (CONTRACT N2), and comes back as BT.601 brightness."""
        return cls(_repeat, _brightness) if gray else cls(_same, _same)

    @classmethod
    def of(cls, icc: bytes, gray: bool) -> ColorProfile | None:
        """None when the profile is sRGB itself, within one level. Raises ValueError when it cannot be converted by."""
        try:
            profile = ImageCms.ImageCmsProfile(BytesIO(icc))
            space = profile.profile.xcolor_space.strip()
            if (space == "GRAY" and not gray) or space not in ("RGB", "GRAY"):
                raise ValueError(f"it is for {space or 'nothing'}")
            mode, srgb = _MODES[space], ImageCms.createProfile("sRGB")
            there = ImageCms.buildTransform(profile, srgb, mode, "RGB", _INTENT, _BLACK)
            back = ImageCms.buildTransform(srgb, profile, "RGB", mode, _INTENT, _BLACK)
        except (ImageCms.PyCMSError, OSError) as error:
            raise ValueError(" ".join(str(error).split()) or "it is damaged") from error
        to_srgb, from_srgb = _applied(there), _applied(back)
        if _is_identity(to_srgb, mode):
            return None
        if gray and space == "RGB":  # a gray photo with a profile for colours: each gray is a colour of that profile
            return cls(lambda own: to_srgb(_repeat(own)), lambda pixels: _brightness(from_srgb(pixels)))
        return cls(to_srgb, from_srgb)


def cmyk_to_rgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    """A CMYK image in sRGB: by its profile, or where that is missing or of no use by the plain formula."""
    if icc:
        try:
            profile = ImageCms.ImageCmsProfile(BytesIO(icc))
            srgb = ImageCms.createProfile("sRGB")
            transform = ImageCms.buildTransform(profile, srgb, "CMYK", "RGB", _INTENT, _BLACK)
            return ImageCms.applyTransform(image, transform) or image.convert("RGB")
        except (ImageCms.PyCMSError, OSError):
            pass
    return image.convert("RGB")


def _applied(transform: ImageCms.ImageCmsTransform) -> Callable[[Pixels], Pixels]:
    def apply(own: Pixels) -> Pixels:
        image = Image.fromarray(own[..., 0] if own.shape[2] == 1 else own)
        found = np.asarray(ImageCms.applyTransform(image, transform))
        return found[..., None] if found.ndim == 2 else found

    return apply


def _is_identity(to_srgb: Callable[[Pixels], Pixels], mode: str) -> bool:
    steps = np.arange(0, 256, 15, dtype=np.uint8)
    if mode == "L":
        own = steps[:, None, None]
    else:
        own = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, len(steps), 3)
    return bool(np.abs(to_srgb(own).astype(np.int16) - own).max() <= 1)


def _same(pixels: Pixels) -> Pixels:
    return pixels


def _repeat(own: Pixels) -> Pixels:
    return np.repeat(own, 3, axis=2)


def _brightness(pixels: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(pixels).convert("L"))[..., None]  # gray stays itself, to the level
