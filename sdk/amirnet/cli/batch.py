"""`amirnet restore` for folders and many photos."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from amirnet.batch.ledger import Ledger
from amirnet.batch.recipe import Recipe
from amirnet.batch.session import Runner, restore_all
from amirnet.batch.worker import open_restorer
from amirnet.bundle.model_bundle import ModelBundle
from amirnet.cli.batch_plan import plan_batch
from amirnet.cli.batch_report import BatchReport
from amirnet.cli.engine_options import tell_of_stand_in
from amirnet.errors import ImageError, OutputError

SOME_FAILED = 1


@dataclass(frozen=True)
class BatchOptions:
    """What only a batch takes."""

    recursive: bool = False
    """Folders below the folder too."""
    jobs: int | None = None
    """Worker processes; None: as many as there is room for."""
    ray: str | None = None
    """The address of a Ray cluster instead of them."""

    def wanted(self, inputs: list[Path]) -> bool:
        """Whether the command line asks for a batch and not for one photo after the other."""
        return self.recursive or self.jobs is not None or self.ray is not None or any(path.is_dir() for path in inputs)


def restore_batch(
    inputs: list[Path], output: str | None, options: BatchOptions, recipe: Recipe, overwrite: bool, as_json: bool
) -> int:
    """Restore all that can be restored, and return the exit status. Ctrl-C and SIGTERM raise KeyboardInterrupt, with
    the workers ended and nothing half-written.

    Raises AmirnetError for what is found wrong before the first photo is begun.
    """
    if output is None:
        folder = next((f"{path}: is a folder" for path in inputs if path.is_dir()), "many photos")
        raise ImageError(f"{folder}; say with -o FOLDER where the restored photos go")
    if overwrite:
        raise OutputError("--overwrite: is for single photos; the photos of a folder are never overwritten")
    plan = plan_batch(inputs, output, options.recursive)
    restorer = open_restorer(recipe)
    tell_of_stand_in(restorer)
    restorer.check(recipe.options)
    ledger = Ledger(Path(output))
    run = _runner(options, recipe, len(plan.jobs))
    with _terminated_like_interrupted():
        report = BatchReport(len(plan.jobs), restorer.bundle.tree, as_json)
        try:
            with report:
                for unreadable, why in plan.unreadable:
                    report.fail(str(unreadable), why)
                restore_all(plan.jobs, recipe, ledger, run, report.add)
        finally:
            if report.counts or report.failures:
                report.conclude(plan.passed_over)
    return SOME_FAILED if report.failures else 0


def recipe_for(model: str, *options: Any) -> Recipe:
    """The recipe of these options, in Recipe's order, for the bundle as it is now. Raises BundleError."""
    return Recipe(model, ModelBundle.open(model).fingerprint, *options)


def _runner(options: BatchOptions, recipe: Recipe, photos: int) -> Runner:
    if options.ray is None:
        from amirnet.batch import process_pool  # here: a single photo needs no worker, and starts without this

        return partial(process_pool.run, recipe=recipe, jobs=min(options.jobs or 1, max(1, photos)))
    if options.jobs is not None:
        raise OutputError("--jobs: is for this machine; with --ray the cluster's CPUs are the workers; leave one out")
    from amirnet.batch import ray_pipeline

    return partial(ray_pipeline.run, recipe=recipe, address=options.ray)


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM ends a batch as Ctrl-C does. (Python's own answer to it is to end at once, and leave the workers.)"""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
