"""One photo after the other in one process: what every worker does, wherever it runs."""

from __future__ import annotations

from pathlib import Path

from amirnet.batch import native_messages
from amirnet.batch.recipe import Outcome, Recipe, Task, facts_of, sha256_of
from amirnet.bundle.model_bundle import ModelBundle
from amirnet.engines.registry import make_engine
from amirnet.errors import AmirnetError, BundleError, ImageError
from amirnet.photo.photo_decoder import check_file
from amirnet.restorer import Restorer


def open_restorer(recipe: Recipe, threads: int = 0) -> Restorer:
    """A restorer for the recipe; `threads` as in OnnxEngine. Raises BundleError also when the bundle is not the one
    that the recipe was made for, EngineError, TileError."""
    bundle = ModelBundle.open(recipe.model)
    if bundle.fingerprint != recipe.fingerprint:
        raise BundleError(f"{recipe.model}: is another bundle here than where the run began; put the same one there")
    return Restorer(bundle, make_engine(bundle, recipe.engine, recipe.precision, threads), recipe.tile)


class Worker:
    """Restores photos by one recipe. The bundle is opened for the first photo and kept."""

    def __init__(self, recipe: Recipe, threads: int = 0) -> None:
        self.recipe = recipe
        self.threads = threads
        self._restorer: Restorer | None = None
        native_messages.quiet_loggers()

    def __call__(self, task: Task) -> Outcome:
        """Restore and write one photo, whole or not at all. Raises nothing but what ends a process: every failure is an
        Outcome, so that no photo stops the others."""
        try:
            return self._restored(task)
        except AmirnetError as error:
            problem = str(error)
        except MemoryError:
            problem = f"{task.photo}: not enough memory; give --tile a smaller number, or take fewer --jobs"
        except Exception as error:
            problem = f"{task.photo}: {type(error).__name__} ({error}); this is a defect, please report it"
        return Outcome(task.photo, task.output, error=" ".join(problem.split()))

    def _restored(self, task: Task) -> Outcome:
        if self._restorer is None:
            self._restorer = open_restorer(self.recipe, self.threads)
        recipe, photo, output = self.recipe, Path(task.photo), Path(task.output)
        check_file(photo)
        self._check_unchanged(photo, task)
        native_messages.taken()  # of the photo before
        result = self._restorer.restore_file(photo, output, recipe.options, recipe.saving, memory=recipe.memory)
        try:
            self._check_unchanged(photo, task)
        except ImageError:
            output.unlink(missing_ok=True)  # nobody knows which photo this is
            raise
        warnings = result.warnings + native_messages.complaints(native_messages.taken())
        return Outcome(task.photo, task.output, sha256=sha256_of(output), facts=facts_of(result), warnings=warnings)

    def _check_unchanged(self, photo: Path, task: Task) -> None:
        try:
            same = sha256_of(photo) == task.sha256
        except OSError:  # it is gone
            same = False
        if not same:
            raise ImageError(f"{photo}: was changed while it was being restored; run again")
