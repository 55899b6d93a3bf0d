"""The Android app's benchmark, run from a desk: `python -m amirnet_benchmarks.android -o result.json`.

Needs `adb` (Android's platform-tools) on the path and the app on the phone. Over a cable the phone is tethered, and the
result says that it is not valid: connect by Wi-Fi (`adb pair`, `adb connect`) for one that may be quoted.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import click

from amirnet.cli.command_group import errors_reported
from amirnet.errors import EngineError, OptionError
from amirnet.photo.atomic_file import write_file

from .phone_result import read_result
from .phone_table import render_phones

PACKAGE = "org.amirnet.demo"
ACTIVITY = f"{PACKAGE}/amirnet.app.MainActivity"
RESULT = f"/sdcard/Android/data/{PACKAGE}/files/results/latest.json"
"""Where the app leaves what it measured last; it is written whole or not at all."""

ENGINES = ("automatic", "litert-npu", "litert-gpu", "litert-cpu", "onnx-cpu")
POLL = 5.0
WAIT = 20 * 60.0
_SAFE = re.compile(r"[A-Za-z0-9._:\-]+")


class Adb:
    """One phone, spoken to by adb. Raises EngineError with adb's own words."""

    def __init__(self, program: str = "adb", serial: str | None = None) -> None:
        if serial is not None and not _SAFE.fullmatch(serial):
            raise OptionError(f"serial {serial!r}: not one that `adb devices` prints; copy it from there")
        self._words = [program, *(["-s", serial] if serial else [])]

    def __call__(self, *words: str, timeout: float = 60.0) -> bytes:
        """What an adb command printed."""
        command = [*self._words, *words]
        try:
            done = subprocess.run(command, capture_output=True, timeout=timeout, check=False)
        except FileNotFoundError as error:
            raise EngineError(f"{command[0]}: not found; install Android's platform-tools") from error
        except subprocess.TimeoutExpired as error:
            raise EngineError(f"adb {words[0]}: no answer in {timeout:.0f} s; unlock the phone, try again") from error
        if done.returncode != 0:
            said = " ".join((done.stderr or done.stdout).decode(errors="replace").split())[:200]
            raise EngineError(f"adb {words[0]}: {said or 'failed'}; see whether `adb devices` lists the phone")
        return done.stdout


def measure_android(
    adb: Adb,
    output: Path,
    engine: str = "automatic",
    sustained: bool = True,
    wait: float = WAIT,
    sleep: Callable[[float], object] = time.sleep,
) -> None:
    """Start the app's benchmark, wait for its result, and write it to `output`.

    Raises EngineError: no adb, no phone, no app, or no result within `wait` seconds.
    """
    if f"package:{PACKAGE}" not in adb("shell", "pm", "list", "packages", PACKAGE).decode().split():
        raise EngineError(f"{PACKAGE}: not on this phone; install the app, android_demo/app/README.md says how")
    adb("shell", "rm", "-f", RESULT)
    wanted = ["--es", "engine", engine, "--ez", "sustained", str(sustained).lower()]
    adb("shell", "am", "start", "-W", "-n", ACTIVITY, "-a", f"{PACKAGE}.BENCHMARK", *wanted)
    for _ in range(max(1, int(wait / POLL))):
        sleep(POLL)
        # `ls` of a file that is not there fails on the phone; `true` keeps that from looking like a lost phone.
        if RESULT.encode() in adb("shell", f"ls {RESULT} 2>/dev/null || true"):
            write_file(output, adb("exec-out", "cat", RESULT))
            return
    raise EngineError(f"{PACKAGE}: no result after {wait:.0f} s; look at the phone, and keep the app in front")


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The result.")
@click.option("--engine", type=click.Choice(ENGINES), default="automatic", show_default=True, help="Asked for.")
@click.option("--sustained/--no-sustained", default=True, help="With ten minutes under load.")
@click.option("--serial", metavar="NAME", help="Of several phones, as `adb devices` prints it.")
@click.option("--adb", "program", default="adb", metavar="PROGRAM", help="The program.")
def main(output: Path, engine: str, sustained: bool, serial: str | None, program: str) -> None:
    """Measure the model on the Android phone that is connected, and print what it measured."""
    with errors_reported():
        measure_android(Adb(program, serial), output, engine, sustained)
        click.echo(render_phones([read_result(output)]))


if __name__ == "__main__":
    main()
