"""The command `amirnet`: what subcommands there are, and where each comes from."""

from __future__ import annotations

import sys
import warnings

import click

import amirnet
from amirnet.batch import native_messages as native
from amirnet.batch.native_messages import open_standard_streams
from amirnet.cli.command_group import CommandGroup, Subcommand

SUBCOMMANDS = {
    "restore": Subcommand("amirnet.cli.restore:restore", "Make photos better."),
    "inspect": Subcommand("amirnet.cli.inspect:inspect", "Say what is wrong with a photo, or what is in a bundle."),
    "train": Subcommand("amirnet_training.cli:train", "Train a model.", extra="training"),
    "evaluate": Subcommand("amirnet_training.cli:evaluate", "Measure a model on pairs of photos.", extra="training"),
    "export": Subcommand("amirnet_export.cli:export", "Seal a checkpoint into a bundle.", extra="export"),
    "parity": Subcommand("amirnet_export.cli:parity", "Show that a bundle's formats agree.", extra="export"),
}
"""By import path: a subcommand's module is imported when it is asked for, and not before."""


@click.group(
    "amirnet", cls=CommandGroup, subcommands=SUBCOMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(amirnet.__version__, prog_name="amirnet")
def cli() -> None:
    """Restore bad photos, offline, with a model small enough for a phone.

    Exit status: 0 when all went well, 1 when some photos of a batch failed, 2 when something asked for cannot be
    done, 130 when interrupted.
    """


def main() -> None:
    """The entry point: runs the command line and exits with its status. The process is this program's own."""
    open_standard_streams()
    warnings.simplefilter("ignore")  # what matters of a file comes as an error or a warning of ours
    if sys.argv[1:2] != ["train"]:  # which runs for hours: what ends it may be told there alone
        native.take_over()
    cli.main(prog_name="amirnet")
