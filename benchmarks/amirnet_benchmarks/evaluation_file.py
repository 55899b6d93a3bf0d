"""An evaluation as a file: the means of every set, and every photo's row as a line of numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from amirnet_training.errors import DataError

Record = Mapping[str, Any]
"""One set: `set`, `group`, `kind`, `photos`, the means in float, `int8` with the same means in int8 or None,
`psnr_node_code` or None, and `rows` and `rows_int8`: one mapping a photo, the fields of `measure.Row`."""

DIGITS = 5


def shipped_rows(record: Record) -> list[dict[str, Any]]:
    """The rows of the model as it ships: in int8, or in float where there is no int8 model."""
    return list(record["rows_int8"] or record["rows"])


def shipped(record: Record, name: str) -> float:
    """A number of a set, of the model as it ships."""
    return float((record["int8"] or record)[name])


def to_bytes(identity: Mapping[str, str], records: Sequence[Record]) -> bytes:
    """The file: JSON, one photo a line; numbers to five digits after the point."""
    sets = []
    for record in records:
        rows = {name: record[name] for name in ("rows", "rows_int8") if record[name]}
        columns = list(rows["rows"][0])
        head = json.dumps({name: _round(value) for name, value in record.items() if name not in ("rows", "rows_int8")})
        lines = [
            f'"{name}": [\n  ' + ",\n  ".join(json.dumps([_round(row[column]) for column in columns]) for row in found)
            + "]" for name, found in rows.items()
        ]  # fmt: skip
        sets.append(f' {head[:-1]}, "columns": {json.dumps(columns)},\n ' + ",\n ".join(lines) + "}")
    return ("{" + json.dumps(dict(identity))[1:-1] + ', "sets": [\n' + ",\n".join(sets) + "]}\n").encode()


def read(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The identity and the records of a file.

    Raises:
        DataError: it is missing, or not such a file.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        records = content.pop("sets")
        for record in records:
            columns = record.pop("columns")
            for name in ("rows", "rows_int8"):
                record[name] = [dict(zip(columns, row, strict=True)) for row in record.get(name, [])]
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}): name the file that the evaluation wrote") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(f"{path}: not an evaluation: make it with `python -m amirnet_benchmarks.evaluation`") from None
    return content, records


def _round(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _round(entry) for name, entry in value.items()}
    return round(value, DIGITS) if isinstance(value, float) else value
