"""A click group whose subcommands load on demand, and whose errors are one line and an exit status."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from amirnet.batch.native_messages import quiet_loggers
from amirnet.cli.console import say
from amirnet.errors import AmirnetError, MissingExtraError, is_shortage, remedy_for

BAD_INPUT = 2
INTERRUPTED = 130
_MORE = "allow more memory and open files (ulimit), or close other programs"
_NO_MEMORY = "not enough memory; close other programs, or give --tile a smaller number"


@dataclass(frozen=True)
class Subcommand:
    """A command that is imported when it is asked for."""

    target: str
    """"module:attribute" of a click command."""
    help: str
    """One line."""
    extra: str | None = None
    """The install that brings its packages; None: the base one."""


class CommandGroup(click.Group):
    """Lists its subcommands without importing them. AmirnetError and click's own complaints end with status 2 and one
    `error:` line on stderr, Ctrl-C with status 130."""

    def __init__(self, *args: Any, subcommands: dict[str, Subcommand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subcommands = subcommands

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.subcommands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.subcommands:
            return None
        module, _, attribute = self.subcommands[cmd_name].target.partition(":")
        try:
            command: click.Command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            raise self._missing(cmd_name, error) from error
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in self.subcommands.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:  # a subcommand may import its heavy packages only when it runs
            raise self._missing(ctx.invoked_subcommand or "", error) from error

    def _missing(self, name: str, error: ModuleNotFoundError) -> Exception:
        extra = self.subcommands[name].extra if name in self.subcommands else None
        if extra is None:
            return error
        return MissingExtraError(f"'amirnet {name}' needs {error.name}, not installed; pip install 'amirnet[{extra}]'")

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, **extra)
        sys.exit(self._status(args, prog_name, complete_var, extra))

    def _status(
        self, args: Sequence[str] | None, prog_name: str | None, complete_var: str | None, extra: dict[str, Any]
    ) -> int:
        quiet_loggers()
        try:
            result = super().main(args, prog_name, complete_var, False, **extra)
        except (click.exceptions.Abort, KeyboardInterrupt):
            return fail("interrupted", INTERRUPTED)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            return BAD_INPUT
        except click.UsageError as error:
            hint = f"; see '{error.ctx.command_path} --help'" if error.ctx else ""
            return fail(error.format_message().rstrip(".") + hint)
        except click.ClickException as error:
            return fail(error.format_message())
        except AmirnetError as error:
            return fail(str(error))
        except OSError as error:  # a disk that is full, a name that is too long for the system
            remedy = remedy_for(error, "choose another name or place")
            return fail(f"{error.filename or 'output'}: {error.strerror or error}; {remedy}")
        except MemoryError:
            return fail(_NO_MEMORY)
        except ImportError as error:
            if is_shortage(error):  # a library that does not fit, or one file too many
                return fail(f"{error.name or 'a library'}: cannot be loaded ({error}); {_MORE}")
            raise
        # Without standalone mode click hands the status of ctx.exit(n) back as the result.
        return result if isinstance(result, int) else 0


def fail(message: str, status: int = BAD_INPUT) -> int:
    """Print one `error:` line on stderr and return the status."""
    say("error: " + " ".join(message.split()), err=True)
    return status


@contextmanager
def errors_reported() -> Iterator[None]:
    """Ends a command that is a module of its own (`python -m ...`) as `amirnet` ends: whatever is wrong with its input
    in one line on stderr, with status 2."""
    try:
        yield
    except AmirnetError as error:
        sys.exit(fail(str(error)))
