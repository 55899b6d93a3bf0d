"""The restorer as named steps: one description that trains, is fake-quantized, and is written in every format.

A block declares here, once, its convolutions and its steps (`blocks`); how it folds for one node follows from the steps
(`folding`). A new block is a class in `blocks.py` and the preset that uses it (`network/presets.py`).
"""
