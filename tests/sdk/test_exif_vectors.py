"""EXIF as the Android app cleans it is EXIF as this SDK does: both replay one file."""

import json
from pathlib import Path
from typing import Any

import pytest

from amirnet.photo.exif import ExifBlock

VECTORS = Path(__file__).parents[2] / "android_demo" / "logic" / "src" / "test" / "resources" / "exif_vectors.json"
ROWS: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS["clean"])
def test_a_block_is_cleaned_to_the_byte(row: dict[str, Any]) -> None:
    block = ExifBlock.parse(bytes.fromhex(row["block"]))
    block.clean(row["width"], row["height"], strip_gps=not row["keep_place"], turned=row["turned"])
    assert block.tobytes().hex() == row["cleaned"]


@pytest.mark.parametrize("block", ROWS["refused"])
def test_a_block_that_makes_no_sense_is_refused(block: str) -> None:
    with pytest.raises(ValueError):
        ExifBlock.parse(bytes.fromhex(block))
