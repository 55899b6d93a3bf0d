"""Trains AMIRNet: network presets, degradations, data sets, the progressive tree, the trainer.

Importing the package is cheap: torch is imported by the modules that need it, so that the degradations can be
used without it.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before anything here loads ONNX Runtime, see amirnet.engines.telemetry
