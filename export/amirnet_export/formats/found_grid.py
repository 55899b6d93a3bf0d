"""The int8 grid as it is found in a file, whatever the format."""

from __future__ import annotations

from ..errors import ExportError
from ..program.terms import Grid, QuantParams


class FoundGrid:
    """Collects what a reader of a format finds, tensor by tensor. ``title`` names the format in messages."""

    def __init__(self, title: str) -> None:
        self.title = title
        """The format's name for people."""
        self._activations: dict[str, QuantParams] = {}
        self._weights: dict[str, tuple[float, ...]] = {}

    def activation(self, step: str, scale: float, zero_point: int) -> None:
        """One tensor's scale and zero point. Raises ExportError when the step was found before with others."""
        found = QuantParams(float(scale), int(zero_point))
        if self._activations.setdefault(step, found) != found:
            raise ExportError(f"{self.title}: {step} lies on two grids: export it again")

    def weight(self, step: str, scales: list[float]) -> None:
        """One layer's weight scales, an output channel each."""
        self._weights[step] = tuple(float(scale) for scale in scales)

    def grid(self) -> Grid:
        """What was found. Raises ExportError when that is nothing: the file is not int8."""
        if not self._activations or not self._weights:
            raise ExportError(f"{self.title}: holds no int8 grid: it is a float model, read an int8 one")
        return Grid(self._activations, self._weights)
