"""Writes sdk/contract/vectors and the example tables of CONTRACT.md: `python -m amirnet.contract.write`.

The same bytes each time. A test makes them again in memory and compares with what lies there.
"""

from __future__ import annotations

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
from amirnet.contract.tables import tables, with_tables

CONTRACT = Path(__file__).parents[2] / "contract"
TEXT = CONTRACT / "CONTRACT.md"
VECTORS = CONTRACT / "vectors"

FILES = (
    transparency, padding, probes, trees, walks, codes, lights, tiles, blends,
    streams, engine_life, options, changes, restores, manifests, bundles, onnx_models, errors,
)  # fmt: skip
"""The modules of vectors, in the order of the contract's clauses."""


def made() -> tuple[dict[str, bytes], dict[str, str]]:
    """Every file of vectors, by its name; and every table of the contract, by its marker's."""
    files = {file.name: file for file in (module.vectors() for module in FILES)}
    found: dict[str, bytes] = {}
    for file in files.values():
        found |= file.files()
    return found, tables(files)


def main() -> None:
    """Write what differs, and remove what is no longer made."""
    files, found = made()
    VECTORS.mkdir(exist_ok=True)
    for file in VECTORS.iterdir():
        if file.suffix in (".json", ".bin") and file.name not in files:
            file.unlink()
    for name, content in files.items():
        _write(VECTORS / name, content)
    _write(TEXT, with_tables(TEXT.read_text("utf-8"), found).encode("utf-8"))
    print(f"{len(files)} files, {sum(map(len, files.values()))} bytes, {len(found)} tables")


def _write(place: Path, content: bytes) -> None:
    if not place.exists() or place.read_bytes() != content:
        place.write_bytes(content)


if __name__ == "__main__":
    main()
