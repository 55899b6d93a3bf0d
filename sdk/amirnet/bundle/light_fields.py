"""The manifest's `light`: two layers of numbers, checked (CONTRACT E2)."""

from __future__ import annotations

from amirnet.bundle.json_fields import Fields
from amirnet.runtime.level_statistics import STATISTICS
from amirnet.runtime.light_head import HIDDEN, OUTPUTS, Layer, LightHead


def light_head(fields: Fields, code_size: int) -> LightHead:
    """The light head of these fields; `code_size` is K. Raises ManifestError."""
    hidden = _layer(fields.object("hidden"), code_size + STATISTICS)
    if not 1 <= len(hidden.bias) <= HIDDEN:
        fields.refuse("hidden", f"gives {len(hidden.bias)} numbers, not 1 to {HIDDEN}")
    output = _layer(fields.object("output"), len(hidden.bias))
    if len(output.bias) != OUTPUTS:
        fields.refuse("output", f"gives {len(output.bias)} numbers, not {OUTPUTS}")
    return LightHead(hidden, output)


def _layer(fields: Fields, inputs: int) -> Layer:
    layer = Layer(fields.rows("weights"), fields.numbers("bias"))
    if len(layer.weights) != len(layer.bias):
        fields.refuse("weights", f"has {len(layer.weights)} rows, but bias {len(layer.bias)} numbers")
    if any(len(row) != inputs for row in layer.weights):
        fields.refuse("weights", f"has a row that is not of {inputs} numbers")
    return layer
