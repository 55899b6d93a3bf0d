"""What a phone measured, as its app wrote it: read and held to benchmarks/schema/phone_result.schema.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from amirnet.errors import OptionError

SCHEMA_FILE = Path(__file__).parents[1] / "schema" / "phone_result.schema.json"
MAJOR = "1"
MOST_BYTES = 16 * 2**20

UNKNOWN_ACCELERATOR = "accelerator_unknown"
"""The one reason that is told and refuses nothing."""


def read_result(path: Path) -> dict[str, Any]:
    """A phone's result, sound by the schema and in itself.

    Raises OptionError, which names the file and the first field that is wrong.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise OptionError(f"{path}: cannot be read ({error.strerror}); give the JSON that the app shared") from error
    if len(content) > MOST_BYTES:
        raise OptionError(f"{path}: larger than {MOST_BYTES} bytes; this is not a phone's result")
    try:
        result = json.loads(content)
    except ValueError as error:
        raise OptionError(f"{path}: not JSON ({error}); give the JSON that the app shared") from error
    check_result(result, str(path))
    return dict(result)


def check_result(result: Any, where: str) -> None:
    """Raises OptionError unless `result` is sound. The schema's version is looked at before anything else."""
    version = result.get("schema") if isinstance(result, dict) else None
    if not isinstance(version, str) or version.split(".")[0] != MAJOR:
        raise OptionError(f"{where}: of schema {version}, and {MAJOR}.x is read here; use the release it was made for")
    problems = sorted(_validator().iter_errors(result), key=lambda problem: list(map(str, problem.absolute_path)))
    if problems:
        first = problems[0]
        place = ".".join(map(str, first.absolute_path)) or "the whole"
        message = " ".join(first.message.split())[:120]
        raise OptionError(f"{where}: {place}: {message}; measure it again with this release's app")
    for name in ("steady", "whole_photo"):
        row = result[name]
        if row is not None and row["runs"] != len(row["seconds"]):
            raise OptionError(
                f"{where}: {name}.runs is {row['runs']} and holds {len(row['seconds'])}; measure it again"
            )


def may_be_quoted(reasons: Sequence[str]) -> bool:
    """Whether a result with these reasons is valid."""
    return not set(reasons) - {UNKNOWN_ACCELERATOR}


def _validator() -> Any:
    from jsonschema import Draft202012Validator  # of the extra; only who reads a phone's result needs it

    try:
        schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    except OSError as error:
        raise OptionError(f"{SCHEMA_FILE}: not there; run this from the project's own folder") from error
    return Draft202012Validator(schema)
