"""What phones measured: the schema says yes to sound results and no to each that is not; adb's part with a stand-in."""

import copy
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from amirnet.errors import EngineError, OptionError
from amirnet_benchmarks import android, phone
from amirnet_benchmarks.android import Adb, measure_android
from amirnet_benchmarks.phone_result import SCHEMA_FILE, check_result, may_be_quoted, read_result
from amirnet_benchmarks.phone_table import REASONS, render_phones

EXAMPLE = SCHEMA_FILE.with_name("phone_result.example.json")


@pytest.fixture
def example() -> dict[str, Any]:
    return copy.deepcopy(json.loads(EXAMPLE.read_text(encoding="utf-8")))


def put(result: dict[str, Any], path: str, value: Any) -> None:
    *places, last = path.split(".")
    for place in places:
        result = result[place]
    result[last] = value


def test_the_example_is_sound(example: dict[str, Any]) -> None:
    check_result(example, "example")
    assert read_result(EXAMPLE) == example


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("engine.ran", "probably npu"),
        ("engine.asked", "unknown"),
        ("engine.nodes", 12),
        ("engine.nodes_on_accelerator", 3),
        ("model.identity", "abc"),
        ("steady.p50", 0),
        ("steady.runs", 5),
        ("taken", "yesterday"),
        ("conditions.thermal_start", "warm"),
        ("verdict.reasons", ["few_runs"]),
        ("verdict.valid", True),
        ("verdict", {"valid": False, "reasons": ["accelerator_unknown"]}),
        ("schema", "2.0"),
        ("load", {"cold": 1.0, "warm": None}),
    ],
)
def test_what_is_wrong_is_refused(example: dict[str, Any], path: str, value: Any) -> None:
    put(example, path, value)
    with pytest.raises(OptionError, match=r"^example: "):
        check_result(example, "example")


def test_energy_of_a_tethered_phone_is_refused(example: dict[str, Any]) -> None:
    put(example, "energy", {"joules_per_tile": 0.25})
    check_result(example, "example")
    put(example, "conditions.tethered", True)
    with pytest.raises(OptionError, match="energy"):
        check_result(example, "example")


def test_nodes_and_more_fields_than_are_known_are_read(example: dict[str, Any]) -> None:
    put(example, "engine.nodes", 12)
    put(example, "engine.nodes_on_accelerator", 12)
    example["later"] = "a minor version may add this"
    put(example, "schema", "1.7")
    check_result(example, "example")


def test_the_reasons_are_the_schemas(example: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert schema["properties"]["verdict"]["properties"]["reasons"]["items"]["enum"] == list(REASONS)
    assert may_be_quoted([]) and may_be_quoted(["accelerator_unknown"])
    assert not may_be_quoted(["accelerator_unknown", "few_runs"])


def test_no_time_is_printed_without_what_ran(example: dict[str, Any]) -> None:
    text = render_phones([example])
    assert "asked for npu, ran on unknown, nodes not told" in text
    assert "NOT VALID, do not quote: too few runs; the platform does not say where the model ran" in text
    assert "p50 31.2 ms" in text and "2: 37.5 (moderate)" in text and "energy: not measured" in text


def test_import_prints_and_writes(tmp_path: Path) -> None:
    done = CliRunner().invoke(phone.main, ["import", str(EXAMPLE), "--json", str(tmp_path / "all.json")])
    assert done.exit_code == 0 and "not a phone" in done.output
    assert json.loads((tmp_path / "all.json").read_text()) == [read_result(EXAMPLE)]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": 1}'])
def test_import_of_nonsense_is_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "bad.json").write_text(content)
    done = CliRunner().invoke(phone.main, ["import", str(tmp_path / "bad.json")])
    assert done.exit_code == 2 and done.output.startswith("error: ") and done.output.count("\n") == 1


@pytest.fixture
def adb(tmp_path: Path) -> Callable[..., Adb]:
    """A stand-in for adb: writes down what it was asked, and answers as a phone would."""

    def made(installed: bool = True, shares: bool = True) -> Adb:
        program = tmp_path / "adb"
        program.write_text(
            f"""#!/bin/sh
echo "$@" >> {tmp_path}/asked
case "$*" in
  *"pm list"*) {f"echo package:{android.PACKAGE}" if installed else ":"} ;;
  *"ls "*) {f"echo {android.RESULT}" if shares else ":"} ;;
  *"exec-out cat"*) cat {EXAMPLE} ;;
esac
"""
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return Adb(str(program))

    return made


def test_android_starts_waits_and_brings_the_result(adb: Callable[..., Adb], tmp_path: Path) -> None:
    output, slept = tmp_path / "result.json", []
    measure_android(adb(), output, "litert-gpu", sustained=False, sleep=slept.append)
    assert read_result(output) == read_result(EXAMPLE) and slept == [android.POLL]
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[1] == f"shell rm -f {android.RESULT}"
    assert "--es engine litert-gpu --ez sustained false" in asked[2]


def test_a_phone_that_never_answers_is_given_up(adb: Callable[..., Adb], tmp_path: Path) -> None:
    slept: list[float] = []
    with pytest.raises(EngineError, match="no result after 20 s"):
        measure_android(adb(shares=False), tmp_path / "result.json", wait=20.0, sleep=slept.append)
    assert len(slept) == 4 and not (tmp_path / "result.json").exists()


def test_android_without_adb_or_app(adb: Callable[..., Adb], tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="not on this phone"):
        measure_android(adb(installed=False), tmp_path / "result.json")
    done = CliRunner().invoke(android.main, ["-o", str(tmp_path / "r.json"), "--adb", str(tmp_path / "no-adb")])
    assert done.exit_code == 2 and "platform-tools" in done.output
    with pytest.raises(OptionError, match="adb devices"):
        Adb("adb", "x; rm")
