"""Trains AMIRNet: network presets, degradations, data sets, the progressive tree, the trainer.

Importing the package is cheap: torch is imported by the modules that need it, so that the degradations can be
used without it.
"""
