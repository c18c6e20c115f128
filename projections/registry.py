"""Which projections there are: each registers itself where it is defined."""

from __future__ import annotations

import ast
import pkgutil
from collections import UserDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import polars as pl

from ledger.money import to_text

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["PROJECTIONS", "Projection", "projection", "rows"]

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Projection:
    """A projection as others meet it.

    ``path`` is ``module:function``, ``amounts`` the columns that are öre, ``percents`` those that
    are percentages as text, ``title`` the catalogue's key of its heading, ``private`` the columns
    whose values may be erased: they are no part of what stays the same for ever. A ``listing``
    shows the log's rows one by one, and computes little.
    """

    name: str
    path: str
    amounts: tuple[str, ...]
    percents: tuple[str, ...]
    title: str
    private: tuple[str, ...] = ()
    listing: bool = False

    @property
    def function(self) -> Callable[..., pl.DataFrame]:
        """The projection itself."""
        module, _, name = self.path.partition(":")
        function: Callable[..., pl.DataFrame] = getattr(import_module(module), name)
        return function


class _Registry(UserDict[str, Projection]):
    """The projections by name. One that is asked for by its name is imported alone; whoever asks
    which there are gets all of them."""

    def __missing__(self, name: str) -> Projection:
        if name not in homes():
            raise KeyError(name)
        import_module(homes()[name])
        return self.data[name]

    def __contains__(self, name: object) -> bool:
        exposed()
        return name in self.data

    def __iter__(self) -> Iterator[str]:
        exposed()
        return iter(self.data)

    def __len__(self) -> int:
        exposed()
        return len(self.data)


#: Every projection by its name.
PROJECTIONS = _Registry()


def projection(
    amounts: tuple[str, ...],
    percents: tuple[str, ...] = (),
    title: str | None = None,
    private: tuple[str, ...] = (),
    listing: bool = False,
) -> Callable[[Callable[P, pl.DataFrame]], Callable[P, pl.DataFrame]]:
    """Register the decorated function under its own name; two of one name are a `TypeError`."""

    def register(function: Callable[P, pl.DataFrame]) -> Callable[P, pl.DataFrame]:
        name = function.__name__
        path = f"{function.__module__}:{name}"
        known = PROJECTIONS.data.get(name)  # of what is imported: asking for all imports all
        if known is not None and known.path != path:
            raise TypeError(f"two projections share the name {name}")
        heading = title or f"title.{name}"
        PROJECTIONS[name] = Projection(name, path, amounts, percents, heading, private, listing)
        return function

    return register


@cache
def homes() -> dict[str, str]:
    """The module of each name of the package, as it tells type checkers: one list serves both."""
    package = import_module(__package__ or "projections")
    tree = ast.parse(Path(package.__file__ or "").read_text(encoding="utf-8"))
    told = (line for block in tree.body if isinstance(block, ast.If) for line in block.body)
    imports = (line for line in told if isinstance(line, ast.ImportFrom))
    return {name.name: line.module or "" for line in imports for name in line.names}


@cache
def exposed() -> dict[str, Any]:
    """What the package's modules say in their ``__all__``, by name, all of them imported."""
    found: dict[str, Any] = {}
    for module in _modules():
        for name in getattr(module, "__all__", ()):
            found[name] = getattr(module, name)
    return dict(sorted(found.items()))


def _modules() -> Iterable[ModuleType]:
    package = import_module(__package__ or "projections")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        yield import_module(module.name)


def are_hours(name: str, dtype: pl.DataType) -> bool:
    """Whether a column holds hours: whole hundredths of them, and its name ends so."""
    return name.endswith("hours") and dtype.is_integer()


def rows(frame: pl.DataFrame, amounts: Iterable[str]) -> list[dict[str, Any]]:
    """The frame as objects for JSON: ``amounts`` (öre) as text in kronor with two decimals, hours
    (hundredths) alike, a struct as an object of its own, null where unknown; keys in the order of
    the columns."""
    money = [name for name in amounts if name in frame.columns]
    money += [name for name, dtype in frame.schema.items() if are_hours(name, dtype)]
    objects = frame.to_dicts()
    for each in objects:
        for name in money:
            each[name] = to_text(each[name])
    return objects
