"""The restorer for 8 bits: one program, one grid, fake quantisation, calibration and quantisation-aware training."""
