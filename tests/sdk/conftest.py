"""Fixtures of the SDK's tests: a bundle folder in either of its two forms, a photo restored by either way."""

import os
import subprocess
import sys
import threading
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from amirnet import AmirnetError, Restorer, RestoreResult
from amirnet.cli import cli
from amirnet.photo.photo_file import PhotoFile
from amirnet.photo.photo_stream import PhotoStream


def zip_folder(folder, **extra):
    """The folder as a zip beside it, plus extra entries: name -> bytes."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for item in sorted(folder.rglob("*")):
            if item.is_file():
                file.write(item, item.relative_to(folder).as_posix())
        for name, content in extra.items():
            file.writestr(name, content)
    return path


@pytest.fixture
def zipped():
    """zipped(folder, **extra) -> the path of the zip."""
    return zip_folder


@pytest.fixture(params=["folder", "zip"])
def form(request):
    """Turns a bundle folder into the form under test."""
    return zip_folder if request.param == "zip" else lambda folder: folder


@dataclass
class Outcome:
    """What both ways of restoring gave: the file, Restorer's result, and the warnings without the photo's name."""

    path: Path
    result: RestoreResult
    warnings: list[str]

    @property
    def image(self):
        """The output file, decoded by Pillow alone."""
        with Image.open(self.path) as image:
            image.load()
            return image


@pytest.fixture
def both_ways(tmp_path, toy_bundle):
    """Restores a file by `amirnet restore` and by Restorer, holds that they agree, and returns the Outcome.

    Options are the command's, with underscores: both_ways(photo, "out.jpg", quality=80, strip_gps=True).
    """
    restorer = Restorer.from_bundle(toy_bundle)

    def run(photo, name, first_frame=False, **save):
        out = {way: tmp_path / f"by-{way}" / name for way in ("cli", "sdk")}
        found = command(photo, "-o", out["cli"], "--model", toy_bundle, **save, first_frame=first_frame)
        assert found.exit_code == 0, found.output
        result = restorer.restore(photo, first_frame=first_frame)
        warnings = [*result.warnings, *result.save(out["sdk"], **save)]
        assert out["cli"].read_bytes() == out["sdk"].read_bytes()
        assert found.stderr.splitlines() == [f"warning: {photo}: {line}" for line in warnings]
        return Outcome(out["cli"], result, warnings)

    return run


@pytest.fixture
def refused_both_ways(tmp_path, toy_bundle):
    """Holds that both ways refuse a file with the same one line, and status 2; returns the line."""
    restorer = Restorer.from_bundle(toy_bundle)

    def run(photo, name="out.png", **save):
        out = tmp_path / "refused" / name
        before = out.read_bytes() if out.exists() else None
        found = command(photo, "-o", out, "--model", toy_bundle, **save)
        assert (found.exit_code, found.stdout) == (2, ""), found.output
        with pytest.raises(AmirnetError) as caught:
            restorer.restore(photo).save(out, **save)
        assert found.stderr == f"error: {caught.value}\n"
        assert (out.read_bytes() if out.exists() else None) == before
        assert ";" in found.stderr, "a remedy follows the reason"
        return str(caught.value)

    return run


def command(*arguments, **options):
    """Runs `amirnet restore` in this process."""
    flags = []
    for name, value in options.items():
        if value:
            flags += ["--" + name.replace("_", "-")] + ([] if value is True else [str(value)])
    return CliRunner().invoke(cli, ["restore", *map(str, arguments), *flags])


@pytest.fixture
def photo(tmp_path, toy_photo):
    """The toy photo as a file."""
    path = tmp_path / "photo.png"
    Image.fromarray(toy_photo).save(path)
    return path


HANGING = """
import os, time
fsync = os.fsync
def hang(handle):
    opened = f"/proc/self/fd/{handle}"
    if os.path.exists(opened) and "_restored" not in os.readlink(opened):
        return fsync(handle)
    try:
        marker = os.open(os.environ["HANG_MARKER"], os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        return fsync(handle)
    os.write(marker, b"%d" % os.getpid())
    time.sleep(600)
os.fsync = hang
"""
"""sitecustomize: the first process that wants a photo on the disk writes its id into the marker, and hangs there."""


@dataclass(frozen=True)
class HangingWriter:
    """What makes the first writer of all Python processes that are started with `environment` hang: `marker` says which
    it is."""

    environment: dict[str, str]
    marker: Path


@pytest.fixture
def hanging_writer(tmp_path):
    (tmp_path / "custom").mkdir()
    (tmp_path / "custom" / "sitecustomize.py").write_text(HANGING)
    roots = os.pathsep.join([str(tmp_path / "custom"), *sys.path])
    return HangingWriter({"PYTHONPATH": roots, "HANG_MARKER": str(tmp_path / "marker")}, tmp_path / "marker")


@pytest.fixture
def on_a_terminal():
    """Runs `amirnet ARGS` with stderr on a terminal: the process that ended, and all that it drew there."""
    import pty  # not on Windows

    def run(*args):
        parent, child = pty.openpty()
        drawn = []

        def read():  # meanwhile: a terminal that nobody reads is full after some thousand bytes
            with suppress(OSError):  # how Linux says that the other end is closed
                while piece := os.read(parent, 4096):
                    drawn.append(piece)

        reader = threading.Thread(target=read)
        reader.start()
        done = subprocess.run(
            [sys.executable, "-m", "amirnet", *args],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm"},
            stdout=subprocess.PIPE,
            stderr=child,
            check=False,
        )
        os.close(child)
        reader.join()
        os.close(parent)
        return done, b"".join(drawn).decode()

    return run


def lighten(manifest):
    """Gives the toy a light head and kinds: its photo is of low light (node 4), and is brightened."""
    rng = np.random.default_rng(4)
    hidden = {"weights": rng.normal(0, 0.3, (5, 7 + 24)).tolist(), "bias": [0.5] * 5}
    output = {"weights": rng.normal(0, 0.1, (6, 5)).tolist(), "bias": [0.4, 0.3, 0.5, 0.2, 0.3, 0.1]}
    kinds = {
        0: {"none": 0.25, "lowlight": 0.375, "noise": 0.375},
        1: {"lowlight": 0.5, "noise": 0.25, "camera": 0.25},
        2: {"none": 0.5, "jpeg": 0.5},
        3: {"noise": 0.375, "camera": 0.25, "lowlight": 0.375},
        4: {"lowlight": 1.0, "noise": 0.0},
    }
    manifest.update(schema="1.2", light={"hidden": hidden, "output": output})
    for node in manifest["tree"]["nodes"]:
        node["kinds"] = kinds[node["id"]]


@pytest.fixture
def lit_bundle(reseal):
    """A toy bundle's folder with a light head and kinds (schema 1.2)."""
    return reseal(lighten)


@pytest.fixture
def lit_manifest():
    """The edit of a toy's manifest by which it becomes `lit_bundle`'s."""
    return lighten


@pytest.fixture
def opened(tmp_path):
    """Writes bytes to a file and opens it by both ways, which must agree."""

    def run(content, name="a.bin"):
        (tmp_path / name).write_bytes(content)
        photo = PhotoFile.open(tmp_path / name)
        stream = PhotoStream.open(tmp_path / name)
        np.testing.assert_array_equal(stream.read(0, stream.height), photo.pixels)
        assert stream.facts.warnings == photo.warnings
        return photo

    return run
