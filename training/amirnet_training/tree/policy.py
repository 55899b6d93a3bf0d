"""What is done to a leaf's features before K-means splits it. Names are the configuration's `tree.policy`.

Features are degraded minus clean, averaged over crops: (items, features). Their lengths differ by orders of
magnitude (low light moves every channel, defocus few), so K-means on them as they are separates degrees of the
strongest kind only; each policy is a remedy. `python -m amirnet_training.tree.compare` prints what each is worth.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA

Features = npt.NDArray[np.float64]


def standardise(features: Features) -> Features:
    """Every channel to mean 0 and deviation 1."""
    spread = features.std(axis=0)
    return (features - features.mean(axis=0)) / np.where(spread > 1e-12, spread, 1.0)


def signed_log(features: Features) -> Features:
    """``sign(x) log(1 + |x| / m)`` with m the channel's median length: degrees are pressed together."""
    scale = np.median(np.abs(features), axis=0)
    compressed = np.sign(features) * np.log1p(np.abs(features) / np.where(scale > 1e-12, scale, 1.0))
    return standardise(compressed)


def whiten(features: Features) -> Features:
    """The 8 strongest principal components at most, each at deviation 1."""
    scaled = standardise(features)
    components = min(8, scaled.shape[0] - 1, scaled.shape[1])
    if components < 1 or not np.any(scaled):
        return scaled
    found = PCA(n_components=components, random_state=0)
    projected = found.fit_transform(scaled)
    # A component without variance is rounding noise; at deviation 1 it would count as much as a real one.
    real = found.explained_variance_ > 1e-9 * found.explained_variance_[0]
    return standardise(projected[:, real])


def direction(features: Features) -> Features:
    """The direction a degradation moves the features in, regardless of how far: kind rather than degree.

    The origin is "no change", so nothing is centred; photos that barely moved stay near it.
    """
    spread = np.sqrt(np.mean(features**2, axis=0))
    scaled = np.sign(features) * np.sqrt(np.abs(features) / np.where(spread > 1e-12, spread, 1.0))
    length = np.linalg.norm(scaled, axis=1, keepdims=True)
    return scaled / (length + 0.1 * np.median(length) + 1e-12)


POLICIES: dict[str, Callable[[Features], Features]] = {
    "standardise": standardise,
    "signed_log": signed_log,
    "whiten": whiten,
    "direction": direction,
}
