"""Measures AMIRNet: restoration quality on known photos, and the demo report that shows it."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before anything here loads ONNX Runtime, see amirnet.engines.telemetry
