"""The restorer for 8 bits: one program, one grid, fake quantization, calibration and quantization-aware training."""
