"""Worker processes on a Ray cluster: a `ray.data` pipeline from tasks to outcomes. Needs the extra `ray`.

Every machine of the cluster has this SDK installed and sees the photos, the output folder and the bundle under the same
paths.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from amirnet.batch.process_pool import Lane
from amirnet.batch.recipe import Outcome, Recipe, Task
from amirnet.bundle.model_bundle import shipped_names
from amirnet.errors import AmirnetError, MissingExtraError
from amirnet.photo.atomic_file import remove_leftovers

_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing phones anybody
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_COLOR_PREFIX": "0",
}
_STORE = 80 * 2**20
"""Bytes of shared memory of a cluster made here: what passes through it are names of files."""


class ClusterError(AmirnetError):
    """There is no such Ray cluster, it has no CPU to work on, or it broke down."""


class RayWorker:
    """The actor of the pipeline: one CPU. The photos are restored in a process below it, so that one that kills its
    process fails by name; Ray would have it tried for ever."""

    def __init__(self, recipe: Recipe) -> None:
        self._lane = Lane(recipe, threads=1)

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """{"place": numbers, "task": JSON texts} -> {"place": the same, "outcome": JSON texts}."""
        tasks = [Task(**json.loads(text)) for text in batch["task"]]
        outcomes = [self._lane.result(self._lane.submit(task), task) for task in tasks]
        return {"place": batch["place"], "outcome": [json.dumps(asdict(outcome)) for outcome in outcomes]}


def run(tasks: Iterator[Task], recipe: Recipe, address: str) -> Generator[Outcome]:
    """Restore the tasks on the cluster at `address` ("local": one made here and now) and give out what became of each.

    A photo whose machine dies is restored again on another, as Ray does it by itself. Whatever ends the run early
    leaves the cluster, and what its workers were writing is removed. Until the generator is closed, sys.stdout is
    stderr: Ray prints its messages there. Raises ClusterError, MissingExtraError.
    """
    for name, value in _SETTINGS.items():
        os.environ[name] = value  # read while Ray loads
    try:
        ray: Any = importlib.import_module("ray")
        importlib.import_module("ray.data")
    except ModuleNotFoundError as error:
        problem = f"'amirnet restore --ray' needs {error.name}, not installed; pip install 'amirnet[ray]'"
        raise MissingExtraError(problem) from error
    left: dict[int, Task] = {}
    with ExitStack() as stack:
        stack.callback(_sweep, left)
        stack.enter_context(redirect_stdout(sys.stderr))
        stack.enter_context(_connected(ray, address))
        left.update(enumerate(tasks))
        if not left:
            return
        try:
            for row in _pipeline(ray, left, recipe, address).iter_rows():
                outcome, task = Outcome(**json.loads(row["outcome"])), left.pop(row["place"])
                yield _named_as_given(outcome, task)
        except (ray.exceptions.RayError, RuntimeError) as error:
            problem = " ".join(str(error).split())[:200]
            raise ClusterError(f"{address}: the Ray cluster broke down ({problem}); run again to go on") from error
        if left:
            first = next(iter(left.values())).photo
            raise ClusterError(f"{address}: the Ray cluster lost {len(left)} photos ({first}); run again to go on")


def _sweep(tasks: dict[int, Task]) -> None:
    for task in tasks.values():
        remove_leftovers(Path(task.output))


def _pipeline(ray: Any, tasks: dict[int, Task], recipe: Recipe, address: str) -> Any:
    """A lazy dataset of outcomes, one a row; one block a photo, so that a machine that dies costs few."""
    cpus = int(ray.cluster_resources().get("CPU", 0))
    if not cpus:
        raise ClusterError(f"{address}: this Ray cluster has no CPU to work on; add a machine to it")
    ray.data.DataContext.get_current().enable_progress_bars = False
    rows = [{"place": place, "task": json.dumps(asdict(_absolute(task)))} for place, task in tasks.items()]
    size = min(cpus, len(rows))
    return ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        RayWorker,
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=size, initial_size=size),
        fn_constructor_args=(replace(recipe, model=_absolute_model(recipe.model)),),
        num_cpus=1,
    )


@contextmanager
def _connected(ray: Any, address: str) -> Iterator[None]:
    _check_address(address)
    ours = {"include_dashboard": False, "object_store_memory": _STORE} if address == "local" else {}
    on_sigterm = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR, **ours)
    except (ConnectionError, OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise _no_cluster(address, error) from error
    try:
        signal.signal(signal.SIGTERM, on_sigterm)  # Ray puts its own there
        logging.getLogger("ray.data").setLevel(logging.CRITICAL)
        yield
    finally:
        ray.shutdown()


def _check_address(address: str) -> None:
    """Raises ClusterError when nothing listens at HOST:PORT. Ray itself would go on trying for a quarter of an hour."""
    host, separator, port = address.rpartition(":")
    if not separator or "/" in host:
        return
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except (OSError, ValueError, OverflowError) as error:
        raise _no_cluster(address, error) from error


def _no_cluster(address: str, error: Exception) -> ClusterError:
    problem = " ".join(str(error).split())[:200]
    remedy = "start one with 'ray start --head', or take --ray local"
    return ClusterError(f"{address}: no Ray cluster answers there ({problem}); {remedy}")


def _absolute(task: Task) -> Task:
    """Workers run in another folder."""
    return replace(task, photo=os.path.abspath(task.photo), output=os.path.abspath(task.output))


def _absolute_model(model: str) -> str:
    return os.path.abspath(model) if Path(model).exists() and model not in shipped_names() else model


def _named_as_given(outcome: Outcome, task: Task) -> Outcome:
    absolute = _absolute(task)
    error = outcome.error.replace(absolute.photo, task.photo).replace(absolute.output, task.output)
    return replace(outcome, photo=task.photo, output=task.output, error=error, warnings=tuple(outcome.warnings))
