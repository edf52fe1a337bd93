"""The package's source, read as syntax trees: modules, what they import and what they call."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOF = {"logistics", "logistics.rooms", "logistics.furnishing", "logistics.subscriptions", "logistics.event_names"}
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Import:
    """That a module names another, on this line; inside a function or at the top."""

    module: str
    line: int
    inside: bool


@dataclass(frozen=True)
class Module:
    """One source file of the package."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.text)

    @property
    def feature(self) -> str:
        """The package it belongs to; empty for the roof."""
        return "" if self.name in ROOF else self.name.split(".")[1]

    @property
    def room(self) -> str:
        """Its name inside the feature: models, reserving; routes for all that lies in routes/."""
        parts = self.name.split(".")
        return parts[2] if len(parts) > 2 else ""

    @cached_property
    def imports(self) -> list[Import]:
        """Every import, wherever it stands. `from package import module` names the module."""
        inside = {id(node) for scope in ast.walk(self.tree) if isinstance(scope, _SCOPES) for node in ast.walk(scope)}
        return [
            Import(name, node.lineno, id(node) in inside)
            for node in ast.walk(self.tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for name in _named(node, self.name)
        ]

    @cached_property
    def ours(self) -> list[Import]:
        """The imports of our own modules."""
        return [found for found in self.imports if found.module.split(".")[0] == "logistics"]

    @property
    def calls(self) -> Iterator[ast.Call]:
        """Every call."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def at(self, line: int) -> str:
        """Where something stands."""
        return f"{self.name}:{line}"


@cache
def package() -> tuple[Module, ...]:
    """Every module of logistics/."""
    return tuple(Module(_name(path), path.read_text()) for path in sorted((ROOT / "logistics").rglob("*.py")))


def called(node: ast.Call) -> str:
    """The last part of what is called: commit for session.commit()."""
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def circles(modules: Iterable[Module]) -> list[list[str]]:
    """Modules that import each other, directly or in a ring: the strongly connected parts of the graph (Tarjan 1972)."""
    graph = {module.name: sorted({found.module for found in module.ours} - {module.name}) for module in modules}
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in number:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], number[other])
        if low[node] == number[node]:
            ring = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            found.append(sorted(ring))

    for node in graph:
        if node not in number:
            visit(node)
    return [ring for ring in found if len(ring) > 1]


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def _names() -> frozenset[str]:
    return frozenset(_name(path) for path in (ROOT / "logistics").rglob("*.py"))


def _named(node: ast.Import | ast.ImportFrom, importer: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        base = ".".join([*importer.split(".")[: -node.level], base]).rstrip(".")
    return [f"{base}.{alias.name}" if f"{base}.{alias.name}" in _names() else base for alias in node.names]
