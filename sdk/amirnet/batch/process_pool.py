"""Worker processes on this machine. One that dies costs its own photo only, and none outlives the run."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from amirnet.batch import native_messages
from amirnet.batch.recipe import Outcome, Recipe, Task
from amirnet.batch.worker import Worker
from amirnet.engines.processors import available_processors
from amirnet.photo.atomic_file import remove_leftovers

_worker: Worker | None = None
"""In a worker process: the one that it has."""


def run(tasks: Iterator[Task], recipe: Recipe, jobs: int) -> Generator[Outcome]:
    """Restore the tasks in `jobs` processes and give out what became of each, as they end. Tasks are taken as processes
    become free; each process has an equal share of the cores.

    Whatever ends the run early (Ctrl-C raises KeyboardInterrupt here) kills the processes and removes what they were
    writing.
    """
    others = set(multiprocessing.active_children())
    threads = max(1, available_processors() // jobs) if jobs > 1 else 0
    idle = [Lane(recipe, threads) for _ in range(jobs)]
    pending: dict[Future[Outcome], tuple[Lane, Task]] = {}
    unfinished: set[Task] = set()
    try:
        while True:
            while idle and (task := next(tasks, None)) is not None:
                lane = idle.pop()
                unfinished.add(task)  # before it is begun: an interrupt may come at any point
                pending[lane.submit(task)] = (lane, task)
            if not pending:
                break
            ended, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in ended:
                lane, task = pending.pop(future)
                outcome = lane.result(future, task)
                idle.append(lane)
                unfinished.discard(task)
                yield outcome
        for lane in idle:
            lane.close()
    except BaseException:
        with _uninterrupted():
            _kill(set(multiprocessing.active_children()) - others)
            for task in unfinished:
                remove_leftovers(Path(task.output))
        raise


class Lane:
    """An executor of one process: when that dies, it is known which photo it had. It starts at the first task, and anew
    at the first after a death."""

    def __init__(self, recipe: Recipe, threads: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._new = partial(ProcessPoolExecutor, 1, context, initializer=_start, initargs=(recipe, threads))
        self._executor = self._new()

    def submit(self, task: Task) -> Future[Outcome]:
        with _blocked_interrupts():  # a new process inherits this: Ctrl-C in a terminal is for its parent to act on
            try:
                return self._executor.submit(_restore, task)
            except BrokenProcessPool:  # it was killed while it had nothing to do
                self._executor = self._new()
                return self._executor.submit(_restore, task)

    def result(self, future: Future[Outcome], task: Task) -> Outcome:
        """What became of the task, whose future that is; waits for it."""
        try:
            return future.result()
        except BrokenProcessPool:
            self._executor.shutdown()  # waits until the process is gone, and with it its lock on what it was writing
            self._executor = self._new()
            remove_leftovers(Path(task.output))
            problem = "its worker process was killed (too little memory?); take fewer --jobs and run again"
            return Outcome(task.photo, task.output, error=f"{task.photo}: {problem}")

    def close(self) -> None:
        self._executor.shutdown()


def _start(recipe: Recipe, threads: int) -> None:
    """In a new worker process."""
    global _worker
    native_messages.take_over()
    warnings.simplefilter("ignore")  # what matters of a file comes as an error or a warning of ours
    _worker = Worker(recipe, threads)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker waits for tasks for ever; where nobody is left to give any, it ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _restore(task: Task) -> Outcome:
    assert _worker is not None, "the initialiser runs before any task"
    return _worker(task)


def _kill(processes: set[multiprocessing.process.BaseProcess]) -> None:
    for process in processes:
        process.kill()
    for process in processes:
        process.join()


@contextmanager
def _blocked_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back, here and in the processes started meanwhile. An interrupt that came is raised at the end."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Clean up to the end, however often Ctrl-C is pressed: it takes a moment, and an interrupt would leave half of
    it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
