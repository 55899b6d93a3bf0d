"""The array types that pass between the modules, by the names the contract uses."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
"""8-bit RGB, HWC, 0..255."""

Floats: TypeAlias = NDArray[np.float32]
"""What graphs take and return: NCHW float32, photos in [0, 1]."""

Doubles: TypeAlias = NDArray[np.float64]
"""Averages and products, where float32 would let two runtimes drift apart."""

Integers: TypeAlias = NDArray[np.int64]
"""Coordinates, weights and sums of the integer blend."""

Samples: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
"""A photo's numbers as its file holds them: HWC, 8 or 16 bits, 1 to 4 channels, alpha last."""
