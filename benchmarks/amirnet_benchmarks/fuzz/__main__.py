"""`python -m amirnet_benchmarks.fuzz`: a campaign of hostile files against the SDK, and a table of how they ended."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from .campaign import Tally

EVERY = 500


@click.command()
@click.option("--cases", default=20_000, show_default=True, type=click.IntRange(1), help="How many files to open.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same files.")
@click.option("--keep", default=Path("out/fuzz"), show_default=True, type=click.Path(path_type=Path),
              help="Where files go that ended otherwise than they may.")  # fmt: skip
def main(cases: int, seed: int, keep: Path) -> None:
    """Damage photos and bundles in every way and open them. Exit status 1 when one crashes, hangs, or ends unnamed."""
    try:
        from .campaign import run
        from .guard import MEMORY, SECONDS
    except ImportError as error:
        click.echo(f"error: {error.name} is not installed: pip install 'amirnet[dev]'", err=True)
        sys.exit(2)
    start = time.monotonic()

    kept = 0

    def tell(tally: Tally) -> None:
        nonlocal kept
        for case, outcome in tally.failures[kept:]:  # at once: a long campaign may be ended early
            home = keep / f"{seed}-{kept}-{outcome.kind}"
            for name, content in case.files.items():
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                (home / name).write_bytes(content)
            click.echo(f"{home}: {case.kind} from {case.name}: {outcome.kind}: {outcome.said}")
            kept += 1
        if tally.total % EVERY == 0:
            click.echo(
                f"{tally.total} of {cases}, {len(tally.failures)} bad, {time.monotonic() - start:.0f} s", err=True
            )

    with tempfile.TemporaryDirectory() as folder:
        tally = run(cases, seed, Path(folder), tell)
    click.echo(render(tally))
    click.echo(f"{tally.total} cases from seed {seed} in {time.monotonic() - start:.0f} s, {len(tally.failures)} bad; "
               f"slowest {tally.slowest:.2f} s of {SECONDS:g}, most memory {tally.peak / 2**20:.0f} MiB "
               f"within {MEMORY / 2**20:.0f} MiB of address space")  # fmt: skip
    sys.exit(bool(tally.failures))


def render(tally: Tally) -> str:
    """How many cases of each kind ended how."""
    lines = [f"{'case':<8} {'end':<24} {'count':>7}"]
    lines += [f"{kind:<8} {end:<24} {count:>7}" for (kind, end), count in sorted(tally.counts.items())]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
