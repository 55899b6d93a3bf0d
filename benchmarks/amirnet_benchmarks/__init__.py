"""Measures AMIRNet: restoration quality on known photos, and the demo report that shows it."""
