"""What the code can say to people, read from its source: every message, remedy and notice.

A *sink* is a place where a text becomes a message: an argument of a named error, of a `Problem`, a
`Notice`, a rule of entry. A function whose parameter goes into a sink is a sink itself, and what a
name holds is looked up where it is assigned. So texts are found that reach a message by way of a
helper, a local name, a table of texts or a function that returns one. ::

    python -m tests.reporting.said          how many messages of each module have no Swedish
    python -m tests.reporting.said ledger/  those of the files that begin so
    python -m tests.reporting.said --dark   what reaches a message in ways that are not followed
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from reporting.messages import messages

ROOT = Path(__file__).parents[2]
PACKAGES = ("ledger", "intake", "projections", "reporting", "assurance", "cli")
#: Which arguments of what are told, by name and by place.
SINKS: dict[str, tuple[Argument, ...]] = {
    "Problem": (("found", 3, False), ("remedy", 4, False)),
    "Notice": (("text", 1, False),),
    "Rule": (("found", 2, False), ("remedy", 3, False)),
    "RowWrong": (("found", 1, False), ("remedy", 2, False)),
    "RowRefused": (("found", 1, False), ("remedy", 2, False)),
    "_Wrong": (("found", 1, False), ("remedy", 2, False)),
    "bad": (("found", 0, False), ("remedy", 1, False)),
    "_fault": (("found", 2, False), ("remedy", 3, False)),
    "_NotExcel": (("found", 0, False),),
    "NotMoney": (("found", 0, False),),
    "BeyondRange": (("found", 0, False),),
    "NotAPeriod": (("found", 0, False),),
    "LedgerError": (("message", 0, False), ("remedy", 1, False)),
}
#: Findings of a verification, by the module that has the class.
FINDING: tuple[Argument, ...] = (("text", 2, False),)
#: How codes are written.
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+|content|rule")
#: Sources that say other things by the same means: the verifier that travels alone.
ALONE = ("reporting/documents/verify.py",)

#: A text with `{}` for each value (None where it cannot be told), its place, and the values.
Text = tuple[str | None, ast.expr, list[ast.expr]]
#: An argument that is told: its name, its place, and whether it is told inside a message.
Argument = tuple[str, int, bool]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """A source file: its functions and assignments by name, and where its names come from."""

    path: str
    tree: ast.Module
    functions: dict[str, list[Function]] = field(default_factory=lambda: defaultdict(list))
    constants: dict[str, list[ast.expr]] = field(default_factory=lambda: defaultdict(list))
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    origins: dict[str, tuple[str, str]] = field(default_factory=dict)
    around: dict[ast.AST, Function | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._walk(self.tree, None)

    def _walk(self, node: ast.AST, inside: Function | None) -> None:
        for child in ast.iter_child_nodes(node):
            self.around[child] = inside
            if isinstance(child, Function):
                self.functions[child.name].append(child)
            elif isinstance(child, ast.ClassDef):
                self.classes[child.name] = child
            elif isinstance(child, ast.ImportFrom) and child.module:
                for alias in child.names:
                    self.origins[alias.asname or alias.name] = (child.module, alias.name)
            elif inside is None and isinstance(child, ast.Assign | ast.AnnAssign) and child.value:
                targets = child.targets if isinstance(child, ast.Assign) else [child.target]
                for target in targets:
                    if isinstance(target, ast.Name):
                        self.constants[target.id].append(child.value)
            self._walk(child, child if isinstance(child, Function) else inside)


@cache
def modules() -> dict[str, Module]:
    """Every module of the packages, by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name not in ALONE:
                dotted = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                found[dotted] = Module(name, ast.parse(path.read_text("utf-8")))
    return found


@dataclass(frozen=True)
class Said:
    """A message with `{}` for each value: its place, and whether it is a value of another."""

    text: str
    place: str
    line: int
    inner: bool = False


def _is_words(text: str) -> bool:
    """False for a code (``unknown-unit``) and for what is signs only."""
    return any(c.isalpha() for c in text.replace("{}", "")) and not _CODE.fullmatch(text)


class Reader:
    """Finds what is said, until no more functions turn out to be sinks."""

    def __init__(self) -> None:
        self.sinks: dict[tuple[str, str], set[Argument]] = defaultdict(set)
        self.said: set[Said] = set()
        self.dark: set[tuple[str, int, str]] = set()
        self.errors = self._errors()
        before = -1
        while before != sum(map(len, self.sinks.values())):
            before = sum(map(len, self.sinks.values()))
            self.said.clear()
            self.dark.clear()
            for module in modules().values():
                self._read(module)

    @staticmethod
    def _errors() -> set[str]:
        """The classes that derive from the root of all named errors."""
        found, before = {"LedgerError"}, 0
        while before != len(found):
            before = len(found)
            for module in modules().values():
                for name, node in module.classes.items():
                    if any(getattr(base, "id", "") in found for base in node.bases):
                        found.add(name)
        return found

    def _told(self, module: Module, call: ast.Call) -> Iterator[Argument]:
        """The arguments of a call that are told."""
        name = str(getattr(call.func, "id", None) or getattr(call.func, "attr", ""))
        if isinstance(call.func, ast.Name) or name in SINKS:
            if name in self.errors and name != "InputRefused":
                yield from SINKS["LedgerError"]
            yield from SINKS.get(name, ())
            if name == "Finding" and module.path.startswith(("ledger/", "assurance/verif")):
                yield from FINDING
        meant = list(self._meant(module, call.func))
        for dotted, function in meant:
            yield from self.sinks.get((dotted, function.name), ())
        if not meant and isinstance(call.func, ast.Attribute):
            for (_, sink), arguments in list(self.sinks.items()):
                if sink == name:
                    yield from arguments

    def _meant(self, module: Module, func: ast.expr) -> Iterator[tuple[str, Function]]:
        """The functions that a call may mean."""
        own = next(dotted for dotted, each in modules().items() if each is module)
        if isinstance(func, ast.Name):
            if func.id in module.functions:
                yield from ((own, each) for each in module.functions[func.id])
            elif func.id in module.origins:
                dotted, name = module.origins[func.id]
                other = modules().get(dotted)
                if other is not None:
                    yield from ((dotted, each) for each in other.functions.get(name, ()))
        elif isinstance(func, ast.Attribute):
            if isinstance(func.value, ast.Name) and func.value.id in module.origins:
                dotted = ".".join(module.origins[func.value.id])
                if dotted in modules():
                    for each in modules()[dotted].functions.get(func.attr, ()):
                        yield dotted, each
                    return
            here = module.functions.get(func.attr)
            if here:
                yield from ((own, each) for each in here)
            elif isinstance(func.value, ast.Name) and func.value.id == "self":
                for base in self._bases(module):
                    for each in modules()[base].functions.get(func.attr, ()):
                        yield base, each

    @staticmethod
    def _bases(module: Module) -> set[str]:
        """The modules of the classes that classes here derive from."""
        names = {getattr(b, "id", "") for c in module.classes.values() for b in c.bases}
        origins = [module.origins[name][0] for name in names if name in module.origins]
        return {dotted for dotted in origins if dotted in modules()}

    def _read(self, module: Module) -> None:
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call):
                continue
            for name, place, inner in set(self._told(module, node)):
                for keyword in node.keywords:
                    if keyword.arg == name:
                        self._take(module, keyword.value, inner)
                if place < len(node.args) and not any(
                    isinstance(a, ast.Starred) for a in node.args[: place + 1]
                ):
                    self._take(module, node.args[place], inner)

    def _take(self, module: Module, node: ast.expr, inner: bool) -> None:
        """Note the texts of what is told; of what is told inside a message only those that are
        several words, since most such values are names."""
        for text, at, parts in self._texts(module, node, 0, quiet=inner):
            if text is None:
                self.dark.add((module.path, at.lineno, ast.unparse(at)))
                continue
            if _is_words(text) and (not inner or " " in text.replace("{}", "").strip()):
                self.said.add(Said(text, module.path, at.lineno, inner))
            for part in parts:
                self._parameter(module, part)
                for held, where, _ in self._texts(module, part, 0, quiet=True):
                    if held is not None and _is_words(held):
                        self.said.add(Said(held, module.path, where.lineno, inner=True))

    def _parameter(self, module: Module, node: ast.expr) -> None:
        """A parameter that is a value of a message makes its function a sink of a kind."""
        if isinstance(node, ast.Name):
            for function, place in self._parameters(module, node):
                own = next(d for d, each in modules().items() if each is module)
                if not any(name == node.id for name, _, _ in self.sinks[own, function.name]):
                    self.sinks[own, function.name].add((node.id, place, True))

    @staticmethod
    def _parameters(module: Module, node: ast.Name) -> Iterator[tuple[Function, int]]:
        """The function whose parameter a name is, and the place of it."""
        function = module.around.get(node)
        while function is not None:
            arguments = function.args
            places = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
            bound = bool(places) and places[0] in ("self", "cls")
            if node.id in places:
                yield function, places.index(node.id) - bound
                return
            if node.id in [a.arg for a in arguments.kwonlyargs]:
                yield function, 99
                return
            if any(Reader._assigned(function, node.id)):
                return
            function = module.around.get(function)

    def _texts(
        self,
        module: Module,
        node: ast.expr,
        depth: int,
        quiet: bool = False,
        nth: int | None = None,
    ) -> Iterator[Text]:
        """The texts that an expression may have, with the values in each; None is unknown."""
        if depth > 6:
            return
        again = partial(self._texts, module, depth=depth + 1, quiet=quiet)
        match node:
            case ast.Constant(value=str(text)):
                yield text, node, []
            case ast.Constant():
                pass
            case ast.JoinedStr(values=values):
                text = "".join(
                    str(v.value) if isinstance(v, ast.Constant) else "{}" for v in values
                )
                yield (
                    text,
                    node,
                    [v.value for v in values if isinstance(v, ast.FormattedValue)],
                )
            case ast.IfExp(body=body, orelse=orelse):
                yield from again(body)
                yield from again(orelse)
            case ast.BoolOp(values=values):
                for value in values:
                    yield from again(value)
            case ast.NamedExpr(value=value):
                yield from again(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                for a, at, first in again(left):
                    for b, _, second in again(right):
                        yield (
                            None if a is None or b is None else a + b,
                            at,
                            [*first, *second],
                        )
            case ast.Name(id=name):
                yield from self._named(module, node, name, depth, quiet)
            case ast.Call():
                yield from self._called(module, node, depth, quiet, nth)
            case ast.Subscript(value=value):
                yield from self._held(module, value, node, depth, quiet)
            case _:
                if not quiet:
                    yield None, node, []

    def _called(
        self, module: Module, node: ast.Call, depth: int, quiet: bool, nth: int | None
    ) -> Iterator[Text]:
        """The texts that a call may give."""
        again = partial(self._texts, module, depth=depth + 1, quiet=quiet)
        func, args = node.func, node.args
        of = func.value if isinstance(func, ast.Attribute) else None
        called = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if called == "format" and getattr(of, "id", "") == "pl" and args:
            if isinstance(args[0], ast.Constant):
                yield str(args[0].value), node, list(args[1:])
        elif called == "lit" and args:
            yield from again(args[0])
        elif called in {"then", "otherwise"} and of is not None:
            for each in (*args, of):
                yield from again(each)
        elif called == "get" and of is not None:
            yield from self._held(module, of, node, depth, quiet)
            for each in args[1:]:
                yield from again(each)
        elif called == "format" and of is not None:
            for filled, at, parts in again(of):
                yield filled and re.sub(r"\{\w+\}", "{}", filled), at, parts
        elif called in {"strip", "removeprefix", "removesuffix", "alias"} and of is not None:
            yield from again(of)
        elif called != "when":
            meant = list(self._meant(module, func))
            for dotted, function in meant:
                for returned in self._returned(function, nth):
                    yield from self._texts(modules()[dotted], returned, depth + 1, quiet=True)
            if not meant and not quiet:
                yield None, node, []

    @staticmethod
    def _returned(function: Function, nth: int | None) -> Iterator[ast.expr]:
        """What a function gives, of a tuple only its ``nth`` part."""
        for node in ast.walk(function):
            if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
                if not isinstance(node.value, ast.Tuple):
                    yield node.value
                elif nth is None:
                    yield from node.value.elts
                elif nth < len(node.value.elts):
                    yield node.value.elts[nth]

    def _held(
        self, module: Module, held: ast.expr, node: ast.expr, depth: int, quiet: bool
    ) -> Iterator[Text]:
        """The texts of a table of texts."""
        tables: list[ast.expr] = [held] if isinstance(held, ast.Dict) else []
        if isinstance(held, ast.Name):
            tables += module.constants.get(held.id, [])
            if held.id in module.origins:
                dotted, name = module.origins[held.id]
                if dotted in modules():
                    tables += modules()[dotted].constants.get(name, [])
        found = False
        for table in tables:
            if isinstance(table, ast.Dict):
                found = True
                wanted = getattr(getattr(node, "slice", None), "value", None)
                for key, value in zip(table.keys, table.values, strict=True):
                    if wanted is not None and getattr(key, "value", wanted) != wanted:
                        continue
                    parts = value.elts if isinstance(value, ast.Tuple) else [value]
                    for part in parts:
                        yield from self._texts(module, part, depth + 1, quiet=True)
        if not found and not quiet:
            yield None, node, []

    def _named(
        self, module: Module, node: ast.Name, name: str, depth: int, quiet: bool
    ) -> Iterator[Text]:
        """What a name may hold: a parameter makes its function a sink."""
        own = next(dotted for dotted, each in modules().items() if each is module)
        for function, place in self._parameters(module, node):
            if not quiet:
                self.sinks[own, function.name].discard((name, place, True))
                self.sinks[own, function.name].add((name, place, False))
            return
        around = module.around.get(node)
        while around is not None:
            assigned = list(self._assigned(around, name))
            if assigned:
                for value, nth in assigned:
                    yield from self._texts(module, value, depth + 1, quiet, nth)
                return
            around = module.around.get(around)
        for value in module.constants.get(name, ()):
            yield from self._texts(module, value, depth + 1, quiet)
        if name not in module.constants and not quiet:
            yield None, node, []

    @staticmethod
    def _assigned(function: Function, name: str) -> Iterator[tuple[ast.expr, int | None]]:
        """The values that a name gets in a function; of a tuple of values with its place there."""
        for node in ast.walk(function):
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        if isinstance(target, ast.Tuple):
                            names = [getattr(each, "id", "") for each in target.elts]
                            if name in names and isinstance(value, ast.Tuple):
                                yield value.elts[names.index(name)], None
                            elif name in names:
                                yield value, names.index(name)
                        elif getattr(target, "id", "") == name:
                            yield value, None
                case ast.AnnAssign() | ast.NamedExpr() | ast.AugAssign():
                    if getattr(node.target, "id", "") == name and node.value is not None:
                        yield node.value, None
                case (
                    ast.For(target=target, iter=over) | ast.comprehension(target=target, iter=over)
                ):
                    parts = target.elts if isinstance(target, ast.Tuple) else []
                    names = [getattr(each, "id", "") for each in parts]
                    if name in names:
                        yield over, names.index(name)
                    elif name in [getattr(each, "id", "") for each in ast.walk(target)]:
                        yield over, None


@cache
def said() -> frozenset[Said]:
    """All that the code can say."""
    return frozenset(Reader().said)


def main(start: str | None = None) -> None:
    """Count what has no Swedish, or list it."""
    reader, known = Reader(), messages()
    missing: dict[str, dict[str, Said]] = defaultdict(dict)
    for one in sorted(reader.said, key=lambda one: (one.place, one.line, one.text)):
        if one.text not in known:
            missing[one.place].setdefault(one.text, one)
    if start == "--dark":
        print("\n".join(f"{path}:{line} {code}" for path, line, code in sorted(reader.dark)))
        return
    for place, of in missing.items():
        if start is None:
            print(f"{len(of):4}  {place}")
        elif place.startswith(start):
            print(f"# {place}")
            for text, one in of.items():
                print(f"{one.line:5} {'*' if one.inner else ' '} {text!r}")
    every = {one.text for one in reader.said}
    print(f"{len(every - known.keys())} of {len(every)} have no Swedish, {len(reader.dark)} dark")


if __name__ == "__main__":
    main(*sys.argv[1:2])
