"""Cores to a photo by the Blender alone: what whole restores are held against."""

import numpy as np

from amirnet import Blender


def blended(plan, cores):
    """The whole photo, uint8 HWC. Holds that each pixel is put once."""
    image = np.zeros((plan.height, plan.width, 3), np.uint8)
    times = np.zeros(image.shape[:2], int)

    def put(top, left, levels):
        place = slice(top, top + levels.shape[0]), slice(left, left + levels.shape[1])
        image[place] = levels
        times[place] += 1

    blender = Blender(plan, put)
    for tile, core in zip(plan, cores, strict=True):
        blender.add(tile, core)
    assert (times == 1).all()
    return image


def restored(restorer, pixels, code, light=None):
    """What the restorer's tiles make of a photo with that code."""
    return blended(restorer.plan(pixels), [core for _, core in restorer.cores(pixels, code, light)])
