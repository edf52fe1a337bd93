"""The house keeps its shape: who may import whom, where Flask may stand, where rows are locked and transactions end.

Each rule reads the source and gives the offences it finds; each is tried on a planted offence too, so that it cannot fall asleep.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.source import ROOF, ROOT, Module, called, circles, package

LADDER = {
    "core": 1,
    "catalog": 2,
    "staff": 2,
    "customers": 3,
    "inventory": 3,
    "payments": 4,
    "orders": 5,
    "fulfilment": 6,
    "tracking": 7,
    "incidents": 8,
    "notifications": 9,
    "reports": 9,
    "api": 10,
    "shops": 10,
    "automation": 10,
    "imports": 10,
    "seeds": 10,
    "worker": 10,
}
# Only their own feature, and the roof that puts the house together, may know these.
PRIVATE = {"routes", "forms", "locks", "listeners"}
# Everything else in a feature is models, rules, lifecycles, capabilities and reads: no web in there.
MAY_KNOW_FLASK = {"routes", "forms", "commands", "tasks"}
WEB = re.compile(r"^(flask|flask_\w+|\w+_flask|werkzeug|wtforms|jinja2_fragments)(\.|$)")
MAY_COMMIT = {"commands", "tasks"}
# It is Flask-Login's user loader, and ends the read transaction that it opened.
SESSIONS = "logistics.staff.sessions"
EMPTY_WORDS = {"util", "utils", "helper", "helpers", "common", "misc"}
EMPTY_NAMES = EMPTY_WORDS | {"manager", "data", "process"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "render_template_string", "from_string"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "telnetlib", "ftplib"}

SQL_TAKERS = {"text", "execute", "scalar", "scalars"}

Rule = Callable[[Sequence[Module]], list[str]]


def climbing(modules: Sequence[Module]) -> list[str]:
    """A feature that imports its own rung's neighbour, a higher rung or the roof."""
    return [
        f"{module.at(found.line)} imports {found.module}"
        for module in modules
        if module.feature
        for found in module.ours
        if not _stands_below(found.module, module.feature)
    ]


def peeping(modules: Sequence[Module]) -> list[str]:
    """A feature that imports another one's private modules."""
    return [
        f"{module.at(found.line)} imports {found.module}"
        for module in modules
        if module.feature
        for found in module.ours
        if _is_private(found.module) and found.module.split(".")[1] != module.feature
    ]


def surfing(modules: Sequence[Module]) -> list[str]:
    """Flask or its extensions away from the door."""
    inner = [module for module in modules if module.feature not in ("", "core") and module.room not in MAY_KNOW_FLASK and module.name != SESSIONS]
    return [f"{module.at(found.line)} imports {found.module}" for module in inner for found in module.imports if WEB.match(found.module)]


def circling(modules: Sequence[Module]) -> list[str]:
    """Modules that import each other in a ring."""
    return [" -> ".join(ring) for ring in circles(modules)]


def dodging(modules: Sequence[Module]) -> list[str]:
    """Our own modules imported inside a function, which hides a ring."""
    return [f"{module.at(found.line)} imports {found.module}" for module in modules for found in module.ours if found.inside]


def locking(modules: Sequence[Module]) -> list[str]:
    """Row locks outside locks.py."""
    return [module.at(node.lineno) for module in modules if module.room != "locks" for node in ast.walk(module.tree) if _is_row_lock(node)]


def committing(modules: Sequence[Module]) -> list[str]:
    """Commits by others than entry points."""
    inner = [module for module in modules if module.room not in MAY_COMMIT and module.name not in ("logistics.core.transactions", SESSIONS)]
    return [module.at(node.lineno) for module in inner for node in module.calls if called(node) == "commit"]


def mumbling(modules: Sequence[Module]) -> list[str]:
    """Names that say nothing."""
    return [f"{module.at(line)} {name}" for module in modules for name, line, empty in _names(module) if empty & set(_words(name))]


def trusting(modules: Sequence[Module]) -> list[str]:
    """What would run somebody else's text: pickles, eval, templates from strings (SEC7, SEC55)."""
    imports = [(module, found) for module in modules for found in module.imports]
    wrong = [f"{module.at(found.line)} {found.module}" for module, found in imports if found.module.split(".")[0] in FORBIDDEN_MODULES]
    return wrong + [f"{module.at(node.lineno)} {called(node)}" for module in modules for node in module.calls if _runs_text(node)]


def blessing(modules: Sequence[Module]) -> list[str]:
    """Text declared to be safe markup (SEC6)."""
    return [module.at(node.lineno) for module in modules for node in module.calls if called(node) == "Markup"]


def patching(modules: Sequence[Module]) -> list[str]:
    """SQL put together from text (SEC8)."""
    return [module.at(node.lineno) for module in modules for node in module.calls if called(node) in SQL_TAKERS and _takes_patched(node)]


RULES: list[Rule] = [climbing, peeping, surfing, circling, dodging, locking, committing, mumbling, trusting, blessing, patching]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    assert rule(package()) == []


RING = {
    "logistics.orders.placing": "from logistics.orders.paying import pay",
    "logistics.orders.paying": "import logistics.orders.cancelling",
    "logistics.orders.cancelling": "from logistics.orders.placing import place",
}
OFFENCES: list[tuple[Rule, dict[str, str]]] = [
    (climbing, {"logistics.inventory.reserving": "from logistics.orders.models import Order"}),
    (climbing, {"logistics.customers.crediting": "from logistics.inventory import models"}),
    (climbing, {"logistics.orders.placing": "from logistics import rooms"}),
    (climbing, {"logistics.core.pages": "from logistics.staff.models import Staff"}),
    (climbing, {"logistics.orders.placing": "from ..tracking import rules"}),
    (peeping, {"logistics.orders.placing": "from logistics.inventory.locks import lock_stock"}),
    (peeping, {"logistics.orders.routes.list": "from logistics.customers.forms import CustomerForm"}),
    (surfing, {"logistics.orders.rules": "from flask import request"}),
    (surfing, {"logistics.orders.placing": "from flask_login import current_user"}),
    (surfing, {"logistics.orders.listeners": "import werkzeug.exceptions"}),
    (circling, RING),
    (dodging, {"logistics.orders.placing": "def place():\n    from logistics.orders.paying import pay"}),
    (locking, {"logistics.orders.placing": "select(Order).with_for_update(key_share=True)"}),
    (locking, {"logistics.orders.placing": "session.get(Order, 1, with_for_update=True)"}),
    (locking, {"logistics.orders.placing": "text('SELECT id FROM orders FOR NO KEY UPDATE')"}),
    (committing, {"logistics.orders.placing": "session.commit()"}),
    (mumbling, {"logistics.orders.utils": ""}),
    (mumbling, {"logistics.orders.placing": "class OrderManager: ..."}),
    (mumbling, {"logistics.orders.placing": "def place_helper(): ..."}),
    (trusting, {"logistics.core.sheets": "import pickle"}),
    (trusting, {"logistics.core.sheets": "eval(text)"}),
    (trusting, {"logistics.core.pages": "flask.render_template_string(text)"}),
    (blessing, {"logistics.core.templating": "Markup(name)"}),
    (patching, {"logistics.orders.queries": "session.execute(text(f'SELECT {column} FROM orders'))"}),
    (patching, {"logistics.orders.queries": "text('SELECT ' + column)"}),
    (patching, {"logistics.orders.queries": "text('SELECT %s' % column)"}),
    (patching, {"logistics.orders.queries": "text('SELECT {}'.format(column))"}),
]


@pytest.mark.parametrize(("rule", "planted"), OFFENCES, ids=lambda value: value.__name__ if callable(value) else next(iter(value.values()))[:60])
def test_a_planted_offence_is_found(rule: Rule, planted: dict[str, str]) -> None:
    assert rule([Module(name, text) for name, text in planted.items()]) != []


def test_every_package_has_its_rung() -> None:
    packages = {path.parent.name for path in (ROOT / "logistics").glob("*/__init__.py")}

    assert packages - set(LADDER) == set()


def test_beside_the_features_there_is_only_the_roof() -> None:
    assert {f"logistics.{path.stem}".removesuffix(".__init__") for path in (ROOT / "logistics").glob("*.py")} == ROOF


def test_the_worker_knows_no_feature() -> None:
    known = {found.module.split(".")[1] for module in package() if module.feature == "worker" for found in module.ours}

    assert known <= {"core", "worker"}


def test_templates_lie_where_their_feature_is() -> None:
    folders = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}

    assert folders - set(LADDER) - {"layouts", "shared"} == set()


def test_templates_declare_nothing_safe() -> None:
    assert _found(r"\|\s*safe\b|autoescape\s+false|Markup\(", sorted((ROOT / "templates").rglob("*.*"))) == []


def test_pages_hold_no_script_and_no_style_of_their_own() -> None:
    # Mails cannot link a style sheet, and no page's policy holds for them.
    pages = [path for path in sorted((ROOT / "templates").rglob("*.html")) if path.name not in ("email.html", "mail.html")]

    assert _found(r"(?i)<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|\shx-on|javascript:", pages) == []


def test_nothing_switches_safety_off() -> None:
    sources = [*(ROOT / "logistics").rglob("*.py"), *(ROOT / "bin").rglob("*.py"), ROOT / "app.py", ROOT / "gunicorn.conf.py"]

    assert _found(r"shell=True|(httpx|requests|ssl)\b.*verify=False|_create_unverified|debug=True|csrf\.exempt\(", sources) == []


# --- Reading offences ---


def _stands_below(imported: str, feature: str) -> bool:
    parts = imported.split(".")
    if len(parts) == 1 or imported in ROOF:
        return False
    return parts[1] == feature or LADDER.get(parts[1], 99) < LADDER[feature]


def _is_private(imported: str) -> bool:
    parts = imported.split(".")
    return len(parts) > 2 and parts[1] != "core" and parts[2] in PRIVATE


def _is_row_lock(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return called(node) == "with_for_update" or any(keyword.arg == "with_for_update" for keyword in node.keywords)
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return False
    return "SELECT" in node.value and re.search(r"\bFOR (NO KEY )?UPDATE\b", node.value) is not None


def _names(module: Module) -> Iterator[tuple[str, int, set[str]]]:
    """Every name given, its line, and the words that are empty in such a name. Managers are people too, in a function's name."""
    yield module.name.split(".")[-1], 1, EMPTY_NAMES
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef):
            yield node.name, node.lineno, EMPTY_NAMES
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, EMPTY_WORDS


def _words(name: str) -> list[str]:
    return [word.lower() for part in name.split("_") for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", part)]


def _runs_text(node: ast.Call) -> bool:
    # re.compile is not compile, session.exec is not exec.
    by_any_name = {"render_template_string", "from_string"}
    return called(node) in by_any_name or (isinstance(node.func, ast.Name) and called(node) in FORBIDDEN_CALLS)


def _takes_patched(node: ast.Call) -> bool:
    return bool(node.args) and _is_patched(node.args[0])


def _is_patched(argument: ast.expr) -> bool:
    """Whether the SQL is an f-string, a sum, a % or a format of anything but constants in capitals."""
    if isinstance(argument, ast.JoinedStr):
        patches = [value.value for value in argument.values if isinstance(value, ast.FormattedValue)]
        return not all(isinstance(patch, ast.Name) and patch.id.isupper() for patch in patches)
    if isinstance(argument, ast.BinOp) and isinstance(argument.op, (ast.Mod, ast.Add)):
        return any(isinstance(side, (ast.JoinedStr, ast.Constant)) for side in (argument.left, argument.right))
    return isinstance(argument, ast.Call) and called(argument) == "format"


def _found(pattern: str, files: Sequence[Path]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{line}" for file in files for line, text in enumerate(file.read_text().splitlines(), 1) if re.search(pattern, text)
    ]
