"""How many bytes a bundle's models take, by format, role and precision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from amirnet.bundle.model_bundle import ModelBundle
from amirnet.bundle.model_paths import TITLES
from amirnet.engines.registry import ENGINES


class ModelSize(NamedTuple):
    """What models of one kind take in a bundle."""

    format: str
    """Of the files."""
    role: str
    """"encoder" or "restorer"."""
    precision: str
    """As the manifest names it."""
    models: int
    """How many: one, or in a folded bundle one restorer a node."""
    bytes: int
    """Of all."""


def model_sizes(bundle: ModelBundle) -> list[ModelSize]:
    """In the order of formats, the encoder before the restorers, float before int8. A Core ML model is a folder: its
    files are added up. The manifest itself, which every app ships once, is not counted."""
    sizes: dict[tuple[str, str, str], list[int]] = {}
    for role, backends in bundle.manifest.models.items():
        for backend, precisions in backends.items():
            for precision, path in precisions.items():
                kind = role.partition(".")[0]
                sizes.setdefault((backend, kind, precision), []).append(_bytes(bundle, path))
    order = list(ENGINES)

    def place(key: tuple[str, str, str]) -> tuple[int, str, bool, str]:
        backend, role, precision = key
        return (order.index(backend) if backend in order else len(order), role, precision == "int8", precision)

    return [ModelSize(*key, len(sizes[key]), sum(sizes[key])) for key in sorted(sizes, key=place)]


def shipped(sizes: Sequence[ModelSize]) -> list[dict[str, Any]]:
    """What an app ships that uses one format in one precision: the restorer and that format's encoder, in bytes."""
    encoders = {size.format: size.bytes for size in sizes if size.role == "encoder"}
    rows = []
    for size in sizes:
        if size.role == "restorer":
            encoder = encoders.get(size.format, 0)
            rows.append({
                "format": TITLES.get(size.format, size.format), "precision": size.precision, "restorers": size.models,
                "encoder_bytes": encoder, "restorer_bytes": size.bytes, "bytes": encoder + size.bytes,
            })  # fmt: skip
    return rows


def megabytes(count: int) -> str:
    """1,234,567 bytes as "1.23 MB" (10^6), small ones as kB."""
    return f"{count / 1e6:.2f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


def _bytes(bundle: ModelBundle, path: str) -> int:
    files = bundle.manifest.files
    return sum(seal.bytes for name, seal in files.items() if name == path or name.startswith(path + "/"))
