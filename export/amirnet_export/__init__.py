"""Turns a trained checkpoint into a sealed bundle."""
