"""Where all randomness of the data comes from: counters, (seed, stream, index).

So any sample can be made again at any time, in any process, in any order.
"""

from __future__ import annotations

import numpy as np

ITEM_STREAM, VISIT_STREAM, ORDER_STREAM, CROP_STREAM = range(4)
NODE_STREAM = 8
WINDOW_STREAM, CUT_STREAM, SCENE_STREAM, BLUR_STREAM = 9, 10, 11, 12


def counter_rng(seed: int, stream: int, index: int) -> np.random.Generator:
    """An independent generator for every (seed, stream, index)."""
    return np.random.Generator(np.random.Philox(key=[seed, (stream << 48) + index]))
