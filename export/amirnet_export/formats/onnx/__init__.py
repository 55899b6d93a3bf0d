"""ONNX: one file a model, tiles of any size, run by ONNX Runtime."""
