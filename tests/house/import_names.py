"""What a module's source names to import: by statement, in functions and for type checkers too, or in a string."""

import ast
import re

TARGET = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+(:\w+)?")
"""A dotted name, as importlib and tables of commands take it; with an attribute behind a colon, or without."""
STATEMENT = re.compile(r"(?m)(?:^|;)\s*(?:from\s+([\w.]+)\s+import\s+(\w+)|import\s+([\w.]+(?:\s*,\s*[\w.]+)*))")
"""An import in a program that is kept as a string."""


def imported(source: str, package: str = "", strings: bool = True) -> set[str]:
    """Dotted names that the source imports; `package` is the one that it lies in, for relative imports.

    `from a import b` gives a and a.b, which may be a module. A name in a string that only looks like a module's is
    given out too, and who asks knows its own modules; without `strings` those of import_module only.
    """
    tree = ast.parse(source)
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and _function(node) in ("import_module", "__import__"):
            found |= {argument.value for argument in node.args[:1] if _is_text(argument)}
    for text in _strings(tree) if strings else ():
        if TARGET.fullmatch(text):
            found.add(text.partition(":")[0])
        for start, name, several in STATEMENT.findall(text):
            found |= {start, f"{start}.{name}"} if start else {one.strip() for one in several.split(",")}
    return found


def computed(source: str) -> list[int]:
    """The lines that import a module whose name stands nowhere in the source."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        node.lineno
        for node in calls
        if _function(node) in ("import_module", "__import__") and not (node.args and _is_text(node.args[0]))
    ]


def _base(node: ast.ImportFrom, package: str) -> str:
    above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    return ".".join([*above, *filter(None, [node.module])])


def _function(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _strings(tree: ast.Module) -> list[str]:
    """All but docstrings, and other texts that stand by themselves."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)
            and isinstance(node.value, str) and id(node) not in prose]  # fmt: skip
