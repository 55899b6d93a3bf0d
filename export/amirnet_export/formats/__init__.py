"""The formats that a model is written in: one room each behind the interface `format.Format`, listed in `registry`.

A new format is a folder here with a subclass of `Format` in it, and its line in the registry: exporter, bundle, checks,
`amirnet parity` and its bisection know formats through these two alone.
"""
