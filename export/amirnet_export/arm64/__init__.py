"""Parity on 64-bit ARM: the same bundle through the same engines on another processor, one small tile a node."""
