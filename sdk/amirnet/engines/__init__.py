"""What runs a bundle's graphs: ONNX Runtime, LiteRT, Core ML. Each is imported when it is asked for."""
