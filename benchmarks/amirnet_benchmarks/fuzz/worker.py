"""The process that opens hostile files: a line of JSON in names one, a line of JSON out says what came of it.

`python -m amirnet_benchmarks.fuzz.worker BYTES SECONDS`: it may not have more than that much memory, nor compute longer
on one file. It uses the SDK as an application does, through what it offers to everyone.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.errors import AmirnetError
from amirnet.photo.photo_file import PhotoFile
from amirnet.photo.photo_stream import PhotoStream
from amirnet.photo.pixel_cost import pixel_cost
from amirnet.runtime.kinds import allowed_for, likelihoods
from amirnet.runtime.level_statistics import STATISTICS

BOMB = 700 * 2**20
"""Bytes beyond what the process has that a file of kind "bomb" may take: 16 for each of 4 million pixels at most, and
what engines of decoders need."""
MEMORY_LIMIT = 2**31
PLACE = "Atlantis9z"
"""As in `intent`, which brings more than this process is to have."""
SMALL = 1_000_000
"""Pixels up to which an opened photo is also written again."""


def open_photo(path: Path) -> None:
    """The whole photo and the streamed one, which must be the same; of a small one, a result is written."""
    first_frame, result = False, path.with_name("result.png")
    try:
        photo = PhotoFile.open(path)
    except AmirnetError as error:
        check(error)
        first_frame = True
        photo = PhotoFile.open(path, first_frame=True)
    height, width = photo.pixels.shape[:2]
    assert photo.pixels.dtype == np.uint8 and photo.pixels.shape == (height, width, 3) and height and width
    photo.metadata.for_result(width, height, strip_gps=True)
    pixel_cost(path, result, first_frame)
    if height * width <= SMALL:
        stream = PhotoStream.open(path, first_frame=first_frame)
        assert np.array_equal(stream.read(0, stream.height), photo.pixels), "streamed, it is another photo"
        photo.save(photo.pixels, result, strip_gps=True)
        result.unlink()


def open_bundle(path: Path) -> None:
    """Opened, every file read, every node found, the tree walked, freely and by kinds, and the light asked."""
    bundle = ModelBundle.open(path)
    for name in bundle.manifest.files:
        bundle.read(name)
    tree = bundle.tree
    tree.walk(np.ones(tree.size))
    for node in tree.nodes:
        tree.path_to(node.id)
        tree.code_for(node.id, np.zeros(tree.size))
    for kind in likelihoods(tree, np.ones(tree.size)):
        tree.walk(np.ones(tree.size), allowed_for(tree, {kind}))
    if bundle.manifest.light is not None:
        curve = bundle.manifest.light.curve(np.ones(tree.size, np.float32), np.ones(STATISTICS), bundle.where)
        assert (np.diff(curve.tables.astype(int)) >= 0).all(), "a table that falls"


def open_place(path: Path) -> None:
    """Written without its place in every format that holds more than pixels, the photo tells it in none."""
    photo = PhotoFile.open(path)
    for suffix in (".jpg", ".png", ".webp", ".tif"):
        result = path.with_name(f"result{suffix}")
        photo.save(photo.pixels, result, strip_gps=True)
        content = result.read_bytes()
        result.unlink()
        for coding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
            assert PLACE.encode(coding) not in content, f"{suffix} tells the place, in {coding}"


def open_bomb(path: Path) -> None:
    """As a photo, in half of the memory that a photo may take. To be refused for lack of it is too late."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_taken() + BOMB, before[1]))
    try:
        open_photo(path)
    except AmirnetError as error:
        assert "not enough memory" not in str(error), "it was refused too late"
        raise
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _taken() -> int:
    """Bytes of address space that this process has; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return MEMORY_LIMIT


def open_outside(path: Path) -> None:
    """It may not be opened."""
    open_bundle(path)
    raise AssertionError("a model with weights outside, or in another format, was let in")


def check(error: AmirnetError) -> None:
    """Raises AssertionError unless the message is one line."""
    assert len(str(error).splitlines()) == 1, f"{type(error).__name__} of several lines: {str(error)[:200]!r}"


def tried(request: dict[str, Any]) -> tuple[str, str]:
    """ "opened", "refused" or "unnamed", and the error's class and message."""
    path = Path(request["path"])
    try:
        kinds = {"photo": open_photo, "place": open_place, "bomb": open_bomb, "outside": open_outside}
        kinds.get(request["kind"], open_bundle)(path)
    except AmirnetError as error:
        check(error)
        return "refused", f"{type(error).__name__}: {error}"
    return "opened", ""


def main() -> None:
    """Serves until the input ends."""
    memory, seconds = int(sys.argv[1]), float(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # One name for what is used up; the default action of SIGPROF ends the process, so nothing can catch it and go on.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    for line in sys.stdin:
        start = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            outcome, said = tried(json.loads(line))
        except BaseException as error:
            outcome, said = "unnamed", f"{type(error).__name__}: {error}"
        signal.setitimer(signal.ITIMER_PROF, 0)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        answer = {"outcome": outcome, "said": said[:500], "seconds": time.process_time() - start, "peak": peak}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
