"""Parity: the same bundle in every format gives the same photo, shown in levels of a display (DESIGN section 3.6)."""
