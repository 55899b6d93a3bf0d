"""Errors of the export package."""

from amirnet.errors import AmirnetError


class ExportError(AmirnetError):
    """A checkpoint that cannot become a bundle, or a graph that does not compute what the checkpoint does."""


class ImageDifferenceError(AmirnetError):
    """Two images that cannot be compared in levels: shapes, types, or numbers that are not finite."""
