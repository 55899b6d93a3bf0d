"""Compares the stubs of the platform with its own API: check_stubs.py STUBS android-platform-37.d.ts

Every public class, method, constructor, field and constant of stubs/android must stand in the declarations, with as
many parameters. (Those do not tell int from float: a compiler against a real SDK does.) Exit status 1 names what
does not.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

CLASS = re.compile(r"^\s*(?:public |abstract |final |static )*(?:class|interface|enum) (\w+)")
METHOD = re.compile(r"^\s*public (?:static |final |abstract |<T> )*([\w.\[\]<>]+) (\w+)\(([^)]*)\)")
CONSTRUCTOR = re.compile(r"^\s*public (\w+)\(([^)]*)\)")
FIELD = re.compile(r"^\s*(?:public (?:static final )?)?[\w.]+ (\w+)(?: = [^;]+)?;")
INTERFACE_METHOD = re.compile(r"^\s*void (\w+)\(([^)]*)\);")
CONSTANTS = re.compile(r"enum \w+ \{ ([\w, ]+) \}")


def count(parameters: str) -> int:
    return len([part for part in parameters.split(",") if part.strip()])


def stub_members(file: Path) -> list[tuple[str, str, int | None]]:
    """(class by its full name, member, how many parameters or None of a field)."""
    text = file.read_text(encoding="utf-8")
    lines = re.sub(r"\{\s*throw new AssertionError\(\);\s*\}", "{ }", text).splitlines()
    package = next(line.split()[1].rstrip(";") for line in lines if line.startswith("package "))
    found: list[tuple[str, str, int | None]] = []
    nest: list[str] = []
    for line in lines:
        if constants := CONSTANTS.search(line):
            name = ".".join([package, *nest, CLASS.match(line)[1]])  # type: ignore[index]
            found += [(name, constant, None) for constant in constants[1].split(", ")]
        elif made := CLASS.match(line):
            nest.append(made[1])
            found.append((".".join([package, *nest]), "", None))
        elif line.strip() == "}":
            nest.pop()
        elif "private" in line or not nest:
            continue
        elif (made := CONSTRUCTOR.match(line)) and made[1] == nest[-1]:
            found.append((".".join([package, *nest]), "constructor", count(made[2])))
        elif made := METHOD.match(line):
            found.append((".".join([package, *nest]), made[2], count(made[3])))
        elif made := INTERFACE_METHOD.match(line):
            found.append((".".join([package, *nest]), made[1], count(made[2])))
        elif made := FIELD.match(line):
            found.append((".".join([package, *nest]), made[1], None))
    return found


def declared(text: str) -> dict[str, set[tuple[str, int | None]]]:
    """Class by its full name -> its members, with how many parameters."""
    found: dict[str, set[tuple[str, int | None]]] = {}
    modules: list[str] = []
    depth_of: list[int] = []
    depth, owner = 0, ""
    for line in text.splitlines():
        if opened := re.match(r"\s*(?:declare|export) (?:module|class|abstract class|interface) (\w+)", line):
            modules.append(opened[1])
            depth_of.append(depth)
            owner = ".".join(modules)
            found.setdefault(owner, set())
        elif member := re.match(r"\s*public (?:static |abstract )*(\w+)(?:<[^(]*>)?\((.*)\)(?::|;)", line):
            found[owner].add((member[1], count(re.sub(r"<[^>]*>", "", member[2]))))
        elif field := re.match(r"\s*public (?:static )?(\w+)\??: ", line):
            found[owner].add((field[1], None))
        depth += line.count("{") - line.count("}")
        while depth_of and depth <= depth_of[-1]:
            modules.pop()
            depth_of.pop()
            owner = ".".join(modules)
    return found


def main(stubs: Path, declarations: Path) -> int:
    known = declared(declarations.read_text(encoding="utf-8"))
    members = [member for file in sorted(stubs.rglob("*.java")) for member in stub_members(file)]
    wrong = []
    for name, member, parameters in members:
        if name not in known:
            wrong.append(f"{name}: no such class")
        elif member and (member, parameters) not in known[name]:
            wrong.append(f"{name}.{member}" + ("" if parameters is None else f": not with {parameters} parameters"))
    for line in wrong:
        print(f"stubs: {line}")
    print(f"stubs: {len(members) - len(wrong)} of {len(members)} classes and members are the platform's own")
    return 1 if wrong or not members else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
