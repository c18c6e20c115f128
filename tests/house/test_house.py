"""House style as tests: size, words, no float near money, and what an import may cost.

Each rule is a function from a text or a syntax tree to findings, so that the rule itself can be
tested on a few lines; then it is run over every file that the repository has. What the linters
and the type checker see already is not repeated here.
"""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES: list[str] = PROJECT["tool"]["importlinter"]["root_packages"]
LOCKS = ["requirements.lock", "requirements-dev.lock"]

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 80

# Where öre are counted, or judged, no binary fraction has any business.
EXACT_PACKAGES = ["ledger", "intake", "projections", "assurance"]
# "package/module.py: what is written there" that may speak of float nonetheless, with the reason.
FLOAT_ALLOWED: dict[str, str] = {
    "assurance/evaluation.py: float": "a bound is an estimate that people read, and no amount",
    "assurance/evaluation.py: float(value)": "the one place where a bound leaves exact numbers",
}

# Loaded inside the commands that need them, so that `ledger --help` answers at once.
LATE_IMPORTS = [
    "altair",
    "cryptography",
    "docx",
    "docxtpl",
    "eventsourcing",
    "jinja2",
    "openpyxl",
    "pandas",
    "polars",
    "sqlite_utils",
    "statsmodels",
    "vl_convert",
]

TEXT_FOLDERS = [*PACKAGES, ".ci", "benchmarks", "docs", "examples", "tests"]
TEXT_SUFFIXES = {
    "", ".cfg", ".css", ".csv", ".html", ".j2", ".js", ".json", ".lock", ".md", ".py", ".sql",
    ".toml", ".txt", ".xml", ".yaml", ".yml",
}  # fmt: skip

FLOAT_TYPES = {"Float32", "Float64"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


# ------------------------------------------------------------------------- what the repository has


def python_files(*folders: str) -> list[Path]:
    """All Python files under the folders, in order; a folder that is not there has none."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def text_files() -> list[Path]:
    """All files of text that the repository holds: those in its folders and those at its root."""
    found = [path for folder in TEXT_FOLDERS for path in (ROOT / folder).rglob("*")]
    return sorted(
        path
        for path in [*found, *ROOT.glob("*")]
        if path.is_file()
        and path.suffix in TEXT_SUFFIXES
        and "__pycache__" not in path.parts
        and path.name != ".git"  # of a worktree: where its repository lies
    )


def name_of(path: Path) -> str:
    """The file as people name it: from the root of the repository, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=name_of(path))


def over(files: list[Path], rule) -> list[str]:
    """The rule's findings over the files, each with its place. No files at all is a mistake."""
    assert files, "nothing to check"
    return [
        f"{name_of(path)}:{line}: {text}" for path in files for line, text in rule(tree_of(path))
    ]


def test_the_packages_are_found():
    """The rules below run over something."""
    assert set(EXACT_PACKAGES) <= set(PACKAGES)
    assert python_files("ledger")
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert wheel == [*PACKAGES, "examples"]


# -------------------------------------------------------------------------------------------- size


def test_no_file_of_a_package_is_too_long():
    """A file is one subject, and fits in a head."""
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(*PACKAGES)
    }
    assert {name: n for name, n in lengths.items() if n > MAX_FILE_LINES} == {}


def long_functions(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Functions with more lines than a function may have, counted from `def`."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                yield node.lineno, f"{node.name} has {length} lines"


def test_no_function_is_too_long():
    """In tests, benchmarks and examples neither."""
    files = python_files(*PACKAGES, "benchmarks", "examples", "tests")
    assert over(files, long_functions) == []


@pytest.mark.parametrize(("lines", "found"), [(80, 0), (81, 1)])
def test_long_functions_are_seen(lines, found):
    """The rule counts the line of `def` and those under it, not the decorator's."""
    source = "@decorated\ndef f():\n" + "    x = 1\n" * (lines - 1)
    assert len(list(long_functions(ast.parse(source)))) == found


# ------------------------------------------------------------------------------------------- words


def undocumented(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The module, public classes, and public functions at its top or in a public class."""
    if ast.get_docstring(tree) is None:
        yield 1, "module without a docstring"
    yield from undocumented_in(tree.body, "")


def undocumented_in(body: list[ast.stmt], within: str) -> Iterator[tuple[int, str]]:
    """Public definitions in a body that say nothing of themselves, classes from within too."""
    for node in body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None and not speaks_elsewhere(node):
            yield node.lineno, f"{within}{node.name} without a docstring"
        if isinstance(node, ast.ClassDef):
            yield from undocumented_in(node.body, f"{within}{node.name}.")


def speaks_elsewhere(node: Function | ast.ClassDef) -> bool:
    """Overloads, overrides and setters are documented where they are first defined."""
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return not names.isdisjoint({"overload", "override", "setter", "deleter"})


def test_everything_public_is_documented():
    """Every module, public class, function and method of the packages."""
    assert over(python_files(*PACKAGES), undocumented) == []


def test_every_other_module_is_documented():
    """Tests, benchmarks and examples say what they are for; an empty `__init__.py` need not."""
    silent = [
        name_of(path)
        for path in python_files("benchmarks", "examples", "tests")
        if path.stat().st_size and ast.get_docstring(tree_of(path)) is None
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = 1", ["module without a docstring"]),
        ('"""M."""\ndef f(): ...', ["f without a docstring"]),
        ('"""M."""\ndef _f(): ...', []),
        ('"""M."""\nclass C:\n  """C."""\n  def f(self): ...', ["C.f without a docstring"]),
        ('"""M."""\nclass C:\n  """C."""\n  @t.override\n  def f(self): ...', []),
    ],
)
def test_silence_is_heard(source, found):
    """The rule on a few lines."""
    assert [text for _, text in undocumented(ast.parse(source))] == found


# ------------------------------------------------------------------------------ no float near money


def floats(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Ways for a binary fraction to come near an amount.

    Calls of `float`, annotations that name it, arithmetic with a literal fraction, Polars' float
    types, pandas. Asking whether something *is* a float, in order to refuse it, is fine.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="float")):
                yield node.lineno, ast.unparse(node)
            case ast.BinOp(left=left, right=right):
                if any(is_fraction(side) for side in (left, right)):
                    yield node.lineno, ast.unparse(node)
            case ast.Attribute(attr=attr) if attr in FLOAT_TYPES or attr == "to_pandas":
                yield node.lineno, ast.unparse(node)
            case ast.Import(names=names) if any(n.name.split(".")[0] == "pandas" for n in names):
                yield node.lineno, ast.unparse(node)
            case ast.ImportFrom(module=module, names=names):
                if (module or "").split(".")[0] == "pandas" or any(
                    n.name in FLOAT_TYPES for n in names
                ):
                    yield node.lineno, ast.unparse(node)
        for annotation in annotations(node):
            if names_float(annotation):
                yield annotation.lineno, ast.unparse(annotation)


def is_fraction(node: ast.expr) -> bool:
    """A literal such as 0.5, with or without a sign."""
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def annotations(node: ast.AST) -> list[ast.expr]:
    """The annotations that the node itself carries."""
    match node:
        case ast.AnnAssign(annotation=annotation) | ast.arg(annotation=ast.expr() as annotation):
            return [annotation]
        case ast.FunctionDef(returns=ast.expr() as returns):
            return [returns]
        case ast.AsyncFunctionDef(returns=ast.expr() as returns):
            return [returns]
    return []


def names_float(annotation: ast.expr) -> bool:
    """Whether `float` is in the annotation, also in one that is written as text."""
    return any(
        (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and re.search(r"\bfloat\b", str(node.value)) is not None)
        for node in ast.walk(annotation)
    )


def test_no_float_near_money():
    """Öre are integers inside and `Decimal` at the edges; every exception is listed and used."""
    found = {
        f"{name_of(path)}: {text}": line
        for path in python_files(*EXACT_PACKAGES)
        for line, text in floats(tree_of(path))
    }
    assert {place: line for place, line in found.items() if place not in FLOAT_ALLOWED} == {}
    assert set(FLOAT_ALLOWED) <= set(found), "an exception that nothing needs"


@pytest.mark.parametrize(
    "source",
    [
        "x = float('1')",
        "def f(x: float): ...",
        "def f() -> list[float]: ...",
        "def f() -> 'float | None': ...",
        "x: dict[str, float] = {}",
        "y = x * 0.5",
        "y = -0.5 + x",
        "pl.col('x').cast(pl.Float64)",
        "from polars import Float64",
        "frame.to_pandas()",
        "import pandas as pd",
        "from pandas.tseries import offsets",
    ],
)
def test_float_is_seen(source):
    """The rule on a line."""
    assert len(list(floats(ast.parse(source)))) == 1


@pytest.mark.parametrize(
    "source", ["isinstance(x, float)", "sleep(0.5)", "y = x // 100", "x: int = 1", "import panda"]
)
def test_what_is_not_float_passes(source):
    """The rule does not cry wolf."""
    assert list(floats(ast.parse(source))) == []


# --------------------------------------------------------------------- nothing of a single machine

# In pieces, so that this file does not name what it forbids.
PLACES = re.compile(r"(?<![\w.~-])/(?:" + "|".join(["work", "tmp", "home", "root", "Users"]) + ")/")


def test_no_file_names_a_place_on_one_machine():
    """What is written holds on every machine."""
    files = text_files()
    assert ROOT / "Makefile" in files
    found = [
        f"{name_of(path)}:{number}: {line.strip()[:100]}"
        for path in files
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
        if PLACES.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("at '/{}/x'", True),
        ("file:///{}/x", True),
        ("docs/{}/x", False),
        ("~/{}/x", False),
        ("../{}/x", False),
    ],
)
def test_places_are_seen(text, seen):
    """The rule on a line, for each kind of place."""
    for place in ("work", "tmp", "home"):
        assert bool(PLACES.search(text.format(place))) is seen


PIN = re.compile(r"(?P<pin>[a-z0-9][a-z0-9._-]*==[^\s;]+)( ; [^/\\@]+)? \\")
HASH = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?")
REASON = re.compile(r" +#( via)?( +[a-z0-9-]+( \(pyproject\.toml(:dev)?\))?)?")


def pins_of(lock: str) -> dict[str, set[str]]:
    """Each pin of a lock file with its hashes; a line of any other form is a failed test."""
    pins: dict[str, set[str]] = {}
    current = ""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if pin := PIN.fullmatch(line):
            current = pin["pin"]
            pins[current] = set()
        elif HASH.fullmatch(line):
            pins[current].add(line.strip(" \\"))
        else:
            assert REASON.fullmatch(line), f"{lock} says something else than what and why: {line}"
    return pins


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_host_address_or_path(lock):
    """Pins, hashes and reasons, nothing else: no index, no address, no path, in no comment."""
    pins = pins_of(lock)
    assert len(pins) > 20
    assert [pin for pin, hashes in pins.items() if not hashes] == []


def test_the_runtime_lock_is_part_of_the_development_lock():
    """What is tested is what is run."""
    runtime, development = map(pins_of, LOCKS)
    assert runtime.items() <= development.items()


def test_everything_that_is_asked_for_is_locked():
    """A dependency without a pin would be missing after `make test` on a fresh machine."""

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[<>=~!\[; ]", text)[0].lower() for text in requirements}

    runtime, development = ({pin.partition("==")[0] for pin in pins_of(lock)} for lock in LOCKS)
    assert names(PROJECT["project"]["dependencies"]) <= runtime
    assert names(PROJECT["dependency-groups"]["dev"]) <= development


# ----------------------------------------------------------------------------------------- imports


def test_every_package_says_that_it_is_typed():
    """Those who use the Python interface get our types."""
    made = [name for name in PACKAGES if python_files(name)]
    assert [name for name in made if not (ROOT / name / "py.typed").is_file()] == []


def imported(tree: ast.Module) -> set[str]:
    """The top-level packages that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found |= {name.name.split(".")[0] for name in names}
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module.split(".")[0])
    return found


def test_every_import_is_asked_for():
    """What a package imports stands in `pyproject.toml`, not only in another library's wishes."""
    ours = {*PACKAGES, *sys.stdlib_module_names}
    theirs = set().union(*(imported(tree_of(path)) for path in python_files(*PACKAGES))) - ours
    asked = {re.split(r"[<>=]", text)[0].lower() for text in PROJECT["project"]["dependencies"]}
    makers = importlib.metadata.packages_distributions()
    assert [
        name
        for name in sorted(theirs)
        if asked.isdisjoint(maker.lower() for maker in makers.get(name, [name]))
    ] == []


def test_the_command_loads_nothing_heavy():
    """`ledger --help` is under 0.3 s only while nothing heavy is loaded before it is needed."""
    if not (ROOT / "cli" / "main.py").is_file():
        pytest.skip("there is no command yet")
    code = "import sys, cli.main; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "cli" in loaded
    assert [name for name in LATE_IMPORTS if name in loaded] == []
