"""The other side of the worker: hands it one case after another, and says how each ended, whatever happens to it."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from .damage import Case

MEMORY = 2 * 2**30
"""Bytes of address space that a worker may take: the bound on what one photo or bundle may cost."""
SECONDS = 5.0
"""Of computing that one case may take."""
PATIENCE = 60.0
"""Seconds of waiting for an answer, for a worker that hangs without computing."""


class Outcome(NamedTuple):
    """How a case ended."""

    kind: str
    """"opened"; "refused" by a named error; or what may not be: "unnamed", "crash", "hang"."""
    said: str
    """The last line of what was said, or what went wrong."""
    seconds: float
    """How long it took, wall clock."""
    peak: int
    """Bytes of memory that the worker had at most, so far."""

    @property
    def allowed(self) -> bool:
        """Whether a hostile file may end so."""
        return self.kind in ("opened", "refused")


class Guard:
    """A worker and its folder; a worker that was lost is replaced. To be used in a `with` statement."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._worker: subprocess.Popen[str] | None = None

    def __enter__(self) -> Guard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def ask(self, case: Case) -> Outcome:
        """Writes the case's files, has them opened, and removes them."""
        home = self.folder / "case"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        try:
            for name, content in case.files.items():
                path = home / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            path = home if case.kind in ("folder", "outside") else home / case.name
            return self._answer(json.dumps({"kind": case.kind, "path": str(path)}))
        finally:
            shutil.rmtree(home, ignore_errors=True)

    def _answer(self, request: str) -> Outcome:
        worker = self._worker if self._worker is not None and self._worker.poll() is None else self._start()
        assert worker.stdin is not None and worker.stdout is not None
        worker.stdin.write(request + "\n")
        worker.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(worker.stdout, selectors.EVENT_READ)
            if not selector.select(PATIENCE):
                self._end()
                return Outcome("hang", f"no answer in {PATIENCE:g} s", PATIENCE, 0)
        line = worker.stdout.readline()
        if line:
            answer = json.loads(line)
            return Outcome(answer["outcome"], answer["said"], answer["seconds"], answer["peak"])
        code = worker.wait()
        self._end()
        if code == -signal.SIGPROF:
            return Outcome("hang", f"computed for more than {SECONDS:g} s", SECONDS, 0)
        return Outcome("crash", signal.Signals(-code).name if code < 0 else f"exit status {code}", 0.0, 0)

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", f"{__package__}.worker", str(MEMORY), str(SECONDS)]
        paths = os.pathsep.join(path for path in sys.path if path)
        environment = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._worker = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
            text=True, encoding="utf-8",
        )  # fmt: skip
        return self._worker

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker.communicate()
            self._worker = None
