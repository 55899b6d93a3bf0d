"""Writes sdk/contract/vectors and the example tables of CONTRACT.md: `python -m amirnet.contract.write`.

The same bytes each time. A test makes them again in memory and compares with what lies there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from amirnet.contract import (
    blends,
    bundles,
    changes,
    codes,
    engine_life,
    errors,
    lights,
    manifests,
    onnx_models,
    options,
    padding,
    probes,
    restores,
    streams,
    tiles,
    transparency,
    trees,
    walks,
)
from amirnet.contract.tables import file_table, tables, with_tables

CONTRACT = Path(__file__).parents[2] / "contract"
TEXT = CONTRACT / "CONTRACT.md"
VECTORS = CONTRACT / "vectors"
README = VECTORS / "README.md"

FILES = (
    transparency, padding, probes, trees, walks, codes, lights, tiles, blends,
    streams, engine_life, options, changes, restores, manifests, bundles, onnx_models, errors,
)  # fmt: skip
"""The modules of vectors, in the order of the contract's clauses."""


@dataclass(frozen=True)
class Made:
    """All that is written."""

    files: dict[str, bytes]
    """Name -> bytes of each file of vectors."""
    documents: dict[Path, str]
    """Path -> text of each document with tables."""


def made() -> Made:
    """All that is written, from the vectors' modules and from the documents as they stand."""
    files = {file.name: file for file in (module.vectors() for module in FILES)}
    found: dict[str, bytes] = {}
    for file in files.values():
        found |= file.files()
    text, readme = (place.read_text("utf-8") for place in (TEXT, README))
    return Made(found, {TEXT: with_tables(text, tables(files)), README: with_tables(readme, file_table(files))})


def main() -> None:
    """Write what differs, and remove what is no longer made."""
    found = made()
    VECTORS.mkdir(exist_ok=True)
    for file in VECTORS.iterdir():
        if file.suffix in (".json", ".bin") and file.name not in found.files:
            file.unlink()
    for name, content in found.files.items():
        _write(VECTORS / name, content)
    for place, text in found.documents.items():
        _write(place, text.encode("utf-8"))
    print(f"{len(found.files)} files, {sum(map(len, found.files.values()))} bytes")


def _write(place: Path, content: bytes) -> None:
    if not place.exists() or place.read_bytes() != content:
        place.write_bytes(content)


if __name__ == "__main__":
    main()
