"""Turns a trained checkpoint into a sealed bundle."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before anything here loads ONNX Runtime, see amirnet.engines.telemetry
