"""Writes sdk/contract/vectors and the example tables of CONTRACT.md: `python -m amirnet.contract.write`.

The same bytes each time. A test makes them again in memory and compares with what lies there.
"""

from __future__ import annotations

from pathlib import Path

from amirnet.contract import blends, changes, codes, lights, padding, probes, streams, tiles, transparency, trees, walks

CONTRACT = Path(__file__).parents[2] / "contract"
VECTORS = CONTRACT / "vectors"

FILES = (transparency, padding, probes, trees, walks, codes, lights, tiles, blends, streams, changes)
"""The modules of vectors, in the order of the contract's clauses."""


def content() -> dict[str, bytes]:
    """Every file of vectors: its name and its bytes."""
    found: dict[str, bytes] = {}
    for module in FILES:
        found |= module.vectors().files()
    return found


def main() -> None:
    """Write what differs, and remove what is no longer made."""
    made = content()
    VECTORS.mkdir(exist_ok=True)
    for file in VECTORS.iterdir():
        if file.suffix in (".json", ".bin") and file.name not in made:
            file.unlink()
    for name, text in made.items():
        if not (VECTORS / name).exists() or (VECTORS / name).read_bytes() != text:
            (VECTORS / name).write_bytes(text)
    print(f"{len(made)} files, {sum(map(len, made.values()))} bytes")


if __name__ == "__main__":
    main()
