"""manifest.json as checked types: geometry, tree, models, file seals (CONTRACT B4, B5)."""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any, NoReturn

from amirnet.bundle.bundle_files import MANIFEST, check_path
from amirnet.bundle.json_fields import Fields
from amirnet.bundle.light_fields import light_head
from amirnet.errors import ManifestError, TileError, UnsupportedSchemaError
from amirnet.runtime.degradation_tree import DegradationTree, TreeNode
from amirnet.runtime.light_head import LightHead
from amirnet.runtime.model_spec import ProbeGeometry, TileGeometry
from amirnet.runtime.tile_plan import check_sizes

SCHEMA_MAJOR = 1
"""The one major schema version that this release reads. Any minor version of it will do (CONTRACT V1)."""
DEPTH = 64
"""Objects and lists inside one another; a manifest with more is refused (CONTRACT B4)."""
BUNDLE_BYTES = 2**29
"""Files that add up to more are refused: a few kilobytes of a zip can unpack to any number of them (CONTRACT B2)."""


@dataclass(frozen=True)
class FileSeal:
    """What a file must be."""

    bytes: int
    """Its size."""
    sha256: str
    """In lower-case hex."""


@dataclass(frozen=True)
class Manifest:
    """Everything a bundle says about itself (CONTRACT M)."""

    schema: str
    """Version of the manifest, as "1.2"."""
    name: str
    """The model's."""
    description: str
    """For people, possibly empty."""
    license: str
    """Of the weights, for people."""
    identity: str
    """SHA-256 of the checkpoint, in hex."""
    probe: ProbeGeometry
    """What the encoder is shown."""
    tile: TileGeometry
    """What the restorer is given."""
    tree: DegradationTree
    """The degradations that the model knows."""
    models: dict[str, dict[str, dict[str, str]]]
    """Role -> backend -> precision -> path, as models["encoder"]["onnx"]["float32"]."""
    metrics: dict[str, Any]
    """Free-form JSON."""
    files: dict[str, FileSeal]
    """Path -> what that file must be, for every file but the manifest."""
    light: LightHead | None = None
    """Says how bright a photo is to be, None where the bundle leaves that to its network."""

    @classmethod
    def parse(cls, content: bytes, where: str) -> Manifest:
        """Read and check a manifest; `where` names the bundle in messages. Unknown fields are left alone.

        Raises UnsupportedSchemaError (checked first), ManifestError, UnsafePathError.
        """
        top = Fields(_load(content, where), f"{where}: {MANIFEST}")
        schema = _check_schema(top)
        try:
            files = _files(top, where)
            tree, models = _tree(top.object("tree")), _models(top.object("models"), files)
            _check_folded(top, tree, models)
            top.object("quantization", {})
            return cls(
                schema=schema,
                name=top.text("name"),
                description=top.text("description", ""),
                license=top.text("license", ""),
                identity=top.text("identity"),
                probe=_probe(top.object("geometry").object("probe")),
                tile=_tile(top.object("geometry").object("tile")),
                tree=tree,
                models=models,
                metrics=top.object("metrics", {}).values,
                files=files,
                light=light_head(top.object("light"), tree.size) if "light" in top.values else None,
            )
        except (ManifestError, TileError) as error:
            message = str(error)
            raise ManifestError(message if message.startswith(where) else f"{where}: {MANIFEST}: {message}") from error


def _load(content: bytes, where: str) -> dict[str, Any]:
    def refuse(problem: str) -> NoReturn:
        raise ManifestError(f"{where}: {MANIFEST}: {problem}; copy or export the bundle again")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            refuse("a key stands twice in one object")
        return found

    def constant(name: str) -> NoReturn:
        refuse(f"{name} is not a finite number")

    def finite(digits: str) -> float:
        number = float(digits)
        return number if math.isfinite(number) else constant(digits)

    try:
        text = content.decode("utf-8")
        value = json.loads(text, object_pairs_hook=unique, parse_float=finite, parse_constant=constant)
    except (ValueError, RecursionError) as error:
        refuse(f"not JSON ({error})")
    if not isinstance(value, dict):
        refuse("not a JSON object")
    if _is_deep(value):
        refuse(f"nested more than {DEPTH} deep")
    return value


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEPTH):
        held = (part.values() if isinstance(part, dict) else part for part in level)
        level = [item for part in held for item in part if isinstance(item, dict | list)]
    return bool(level)


def _check_schema(top: Fields) -> str:
    schema = top.text("schema")
    version = re.fullmatch(r"(\d{1,9})\.(\d{1,9})", schema, re.ASCII)
    if not version:
        top.refuse("schema", f"is {schema!r}, not MAJOR.MINOR")
    if int(version[1]) != SCHEMA_MAJOR:
        raise UnsupportedSchemaError(
            f"{top.where}: schema {schema}, but this release reads {SCHEMA_MAJOR}.x; install a matching amirnet"
        )
    return schema


def _files(top: Fields, where: str) -> dict[str, FileSeal]:
    files, names = {}, top.object("files").values
    for name in names:  # all paths before any seal, whatever their order (CONTRACT B6)
        check_path(name, where)
    for name in names:
        if name == MANIFEST:
            top.refuse("files", f"lists {MANIFEST} itself")
        seal = top.object("files").object(name)
        sha256 = seal.text("sha256")
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            seal.refuse("sha256", "is not 64 lower-case hex digits")
        files[name] = FileSeal(seal.integer("bytes", 0, BUNDLE_BYTES), sha256)
    if sum(seal.bytes for seal in files.values()) > BUNDLE_BYTES:
        top.refuse("files", f"add up to more than {BUNDLE_BYTES} bytes")
    return files


def _probe(fields: Fields) -> ProbeGeometry:
    trim = fields.integer("trim", 0, 4096) if "trim" in fields.values else 0
    if 0 < trim < 3:
        fields.refuse("trim", f"is {trim}: no probe would be left; it is 0, or 3 and more")
    return ProbeGeometry(fields.integer("size", 1, 4096), fields.integer("grid", 1, 64), trim)


def _tile(fields: Fields) -> TileGeometry:
    size = fields.integer("size", 1, 16384)
    tile = TileGeometry(
        size=size,
        halo=fields.integer("halo", 0, 16384),
        overlap=fields.integer("overlap", 0, 1024),
        alignment=fields.integer("alignment", 1, 1024),
        radius=fields.integer("radius", 0, 16384),
        flexible=fields.boolean("flexible"),
        preferred=fields.integer("preferred", 1, 16384) if "preferred" in fields.values else size,
    )
    check_sizes(tile.size, tile.halo, tile.overlap, tile.alignment)
    if tile.radius > tile.halo:
        fields.refuse("radius", f"is {tile.radius}, more than the halo of {tile.halo}: tiles would seam")
    if tile.preferred < tile.size or (tile.preferred > tile.size and not tile.flexible):
        fields.refuse("preferred", f"is {tile.preferred}, but it is at least the size, and no other where all are one")
    check_sizes(tile.preferred, tile.halo, tile.overlap, tile.alignment)
    return tile


def _tree(fields: Fields) -> DegradationTree:
    conditioning = fields.text("conditioning")
    if conditioning not in ("node", "soft"):
        fields.refuse("conditioning", f'is {conditioning!r}, not "node" or "soft"')
    nodes = tuple(
        TreeNode(
            id=node.integer("id", 0, 2**31),
            level=node.integer("level", 0, 15),
            index=node.integer("index", 0, 2**15),
            parent=None if node.values.get("parent", 0) is None else node.integer("parent", 0, 2**31),
            children=node.integers("children"),
            confidence=node.number("confidence"),
            code=node.numbers("code"),
            share=node.number("share", 1.0),
            label=node.text("label", ""),
            kinds={kind: node.object("kinds").number(kind) for kind in node.object("kinds", {}).values},
        )
        for node in fields.objects("nodes")
    )
    levels, code_steps = fields.integer("levels", 1, 12), fields.integer("grid", 1, 2**20)
    return DegradationTree(levels, code_steps, "soft" if conditioning == "soft" else "node", nodes)


def _models(fields: Fields, files: dict[str, FileSeal]) -> dict[str, dict[str, dict[str, str]]]:
    models: dict[str, dict[str, dict[str, str]]] = {}
    names = sorted(files)
    for role in fields.values:
        for backend in fields.object(role).values:
            precisions = fields.object(role).object(backend)
            for precision in precisions.values:
                path = precisions.text(precision)
                # A Core ML model is a folder: then the files below it are what is sealed. They come next in order.
                below = bisect_left(names, path + "/")
                if path not in files and not (below < len(names) and names[below].startswith(path + "/")):
                    precisions.refuse(precision, f"names {path!r}, which is not among the files")
                models.setdefault(role, {}).setdefault(backend, {})[precision] = path
    return models


def _check_folded(top: Fields, tree: DegradationTree, models: dict[str, Any]) -> None:
    """CONTRACT G5: without a restorer that takes a code, every node where a walk can end has one of its own."""
    if "restorer" in models or not any(role.startswith("restorer.") for role in models):
        return
    if tree.conditioning != "node":
        top.refuse("models", 'hold folded restorers, but the tree\'s conditioning is not "node"')
    for node in tree.nodes:
        may_stop = not node.children or any(tree.node(child).confidence > 0.0 for child in node.children)
        if may_stop and f"restorer.{node.id}" not in models:
            top.refuse("models", f"hold folded restorers, but none for node {node.id}")
