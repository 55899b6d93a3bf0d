"""The learning rate: a linear warm-up, then half a cosine down to a hundredth."""

import math


def learning_rate(step: int, steps: int, warmup: int, peak: float) -> float:
    """Learning rate of ``step`` (0-based) of ``steps``."""
    if step < warmup:
        return peak * (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))
