"""CONTRACT.md's example tables, a few cases of the vectors for people; and the list of files in the vectors' README."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from amirnet.contract.vector_file import Fields, VectorFile

Cell: TypeAlias = Callable[[Fields], Any]
"""Takes a case's fields, given and expected ones together."""


@dataclass(frozen=True)
class Table:
    """A table of a document, filled from cases."""

    file: str
    """Of vectors."""
    group: str
    """Whose cases it shows."""
    rows: int
    """How many."""
    columns: dict[str, str | Cell]
    """A header -> a field's name, or what makes a cell of a case."""
    first: int = 0
    """The case that it begins with."""

    def text(self, files: dict[str, VectorFile]) -> str:
        """In Markdown."""
        (group,) = (group for group in files[self.file].groups if group.name == self.group)
        fields = [case["given"] | case["expected"] for case in group.cases[self.first : self.first + self.rows]]
        return markdown([*self.columns], ([_cell(each, cell) for cell in self.columns.values()] for each in fields))


def _cell(fields: Fields, cell: str | Cell) -> Any:
    return fields.get(cell, "") if isinstance(cell, str) else cell(fields)


def markdown(header: list[str], rows: Iterable[list[Any]]) -> str:
    """A table, a line a row."""
    lines = [f"| {' | '.join(header)} |", "|---" * len(header) + "|"]
    lines += ["|".join(["", *(f" {shown(cell)} ".replace("  ", " ") for cell in row), ""]) for row in rows]
    return "".join(f"{line}\n" for line in lines)


def shown(value: Any) -> str:
    """As people write it: no `.0`, lists with spaces, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " ".join(map(shown, value))
    if isinstance(value, dict):
        return " ".join(f"{key} {shown(each)}" for key, each in value.items())
    return "" if value is None else str(value).removesuffix(".0").replace("e+", "e")


def _flat(name: str) -> Cell:
    return lambda case: [each for row in case[name] for each in row]


def _spans(case: Fields) -> str:
    return " ".join(f"{first}-{end}" for first, end in case["reads"])


def _restricted(name: str) -> Cell:
    return lambda case: case.get(name, case.get("error", "") if name == "path" else "")


def _levels(case: Fields) -> list[int]:
    return [case["table"][level] for level in _SHOWN]


def _likely(case: Fields) -> Fields:
    found = case["likelihoods"]
    return {kind: found[kind] for kind in sorted(found, key=lambda kind: (-found[kind], kind))}


_SHOWN = [0, 1, 2, 10, 50, 100, 128, 200, 254, 255]
_PLAN: dict[str, str | Cell] = {name: name for name in ("size", "halo", "overlap", "alignment", "flexible")}

TABLES = {
    "padding": Table("padding", "coordinates", 3, {
        "n": "n", "coordinates": lambda case: [*range(case["first"], case["end"])], "read from": "read_from"}),
    "probe_plan": Table("probes", "plan", 5, {
        "width": "width", "height": "height", "size": "size", "probes a side": "probes_per_side", "x": "x", "y": "y"}),
    "trimmed": Table("probes", "average", 4, {
        "products": _flat("value"), "trim": "trim", "code": "soft_code"}),
    "walk": Table("walk", "walk", 5, {
        "averaged mask": "mask", "path": "path", "probabilities": "probabilities", "confidence": "confidence"}),
    "restricted": Table("walk", "restricted", 7, {
        "averaged mask": "mask", "kinds": "kinds", "path": _restricted("path"),
        "probabilities": _restricted("probabilities"), "code": lambda case: {True: "stored", False: "C1", None: ""}[
            case.get("stored")]}),
    "likelihoods": Table("walk", "likelihoods", 3, {"averaged mask": "mask", "likelihoods": _likely}),
    "code": Table("codes", "code", 3, {"node": "node", "soft code": "soft_code", "code": "code"}),
    "statistics": Table("lights", "statistics", 4, {
        "levels and how many": lambda case: [f"{level}:{count}" for level, count in case["counts"]],
        "at 1 10 25 50 75 90 99 percent": lambda case: [round(255 * part) for part in case["numbers"][:7]],
        "mean": lambda case: case["numbers"][7]}),
    "layer": Table("lights", "layer", 3, {
        "z": "numbers", "weights": _flat("weights"), "bias": "bias", "sum": "sums"}),
    "curve": Table("lights", "curve", 4, {"output": "output", "times": "times", "gain": "gain", "bend": "bend"}),
    "power": Table("lights", "power", 7, {"v": "level", "e": "exponent", "power": "power"}),
    "table": Table("lights", "table", 6, {
        "gain": "gain", "bend": "bend", "levels": lambda case: _SHOWN, "become": _levels}),
    "tile_plan": Table("tiles", "plan", 7, {
        "width": "width", "height": "height", **_PLAN, "core": "core", "padded": "padded", "x": "x", "y": "y"}),
    "preferred": Table("tiles", "preferred", 7, {
        "width": "width", "height": "height", "preferred": lambda case: 600, "size": "otherwise",
        "runtime": "runtime", "m": "tile_pixel", "tile": "size"}, first=7),
    "weights": Table("blends", "weights", 5, {
        "core": "core", "begins": "begins", "padded": "padded", "overlap": "overlap", "weights": "weights"}),
    "blend": Table("blends", "level", 7, {
        "numbers": lambda case: [float(f"{number:.6g}") for number in case["numbers"]], "weights": "weights",
        "q": "fixed_point", "level": "level"}),
    "stream": Table("streams", "bands", 3, {
        "height": "height", **_PLAN, "y": "y", "reads": _spans, "final to": "final"}),
    "memory": Table("streams", "memory", 3, {
        "width": "width", "height": "height", **_PLAN, "b": "bytes_held", "runtime": "runtime", "m": "tile_pixel",
        "R": "held_rows", "O": "shared_rows", "t": "tile_pixels", "bytes": "bytes"}, first=36),
    "tile_sizes": Table("tiles", "sizes", 5, {
        "size": "size", "halo": "halo", "alignment": "alignment", "flexible": "flexible", "sizes": "sizes"}),
    "strength": Table("changes", "strength", 5, {
        "photo": "photo", "restored": "restored", "strength": "strength", "n": "parts", "result": "result"}),
    "change": Table("changes", "change", 5, {
        "photo": "photo", "result": "result", "gray": "gray", "alpha": "alpha", "D": "squares", "n": "numbers"}),
    "left_alone": Table("changes", "left_alone", 7, {
        "D": "squares", "n": "numbers", "change_psnr": lambda case: round(case["change_psnr"], 3),
        "left alone": "left_alone"}),
    "errors": Table("errors", "errors", 99, {"error": "error", "is a": "base", "when": "when"}),
}  # fmt: skip
"""By the name in the contract's marker, `<!-- example: name -->`."""


def tables(files: dict[str, VectorFile]) -> dict[str, str]:
    """Every table, by its name."""
    found = {name: table.text(files) for name, table in TABLES.items()}
    nodes = files["trees"].shared["trees"]["example"]["nodes"]
    columns = ["id", "level", "index", "parent", "children", "confidence", "code"]
    found["tree"] = markdown(columns, ([node[column] for column in columns] for node in nodes))
    found["kinds"] = markdown(["node", "kinds"], ([node["id"], node["kinds"]] for node in nodes if node["kinds"]))
    return found


def file_table(files: dict[str, VectorFile]) -> dict[str, str]:
    """What there is, as `tables` gives it."""
    rows = ([f"[{file.name}]({file.name}.json)", file.clauses, file.about] for file in files.values())
    return {"files": markdown(["file", "clauses", "what"], rows)}


def with_tables(contract: str, found: dict[str, str]) -> str:
    """A document with its tables replaced. Raises AssertionError for a marker without a table, or the reverse."""
    marked = re.findall(r"<!-- example: (\w+) -->\n", contract)
    if sorted(marked) != sorted(found):
        raise AssertionError(f"tables and markers: {sorted(set(marked) ^ set(found))}")
    for name, table in found.items():
        before, _, after = re.split(rf"(?<=<!-- example: {name} -->\n)((?:\|.*\n)*)", contract, maxsplit=1)
        contract = before + table + after
    return contract
