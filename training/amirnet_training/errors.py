"""Errors that a user can mend: one line with the thing, the reason and the remedy."""

from amirnet.errors import AmirnetError


class ConfigError(AmirnetError):
    """A training configuration that cannot be used."""


class DataError(AmirnetError):
    """Training or evaluation images that cannot be used."""


class CheckpointError(AmirnetError):
    """A checkpoint that cannot be read or does not fit."""
