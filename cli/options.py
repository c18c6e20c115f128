"""Options that many commands share, each written once.

A command takes a *bundle*, a dataclass whose fields are options; `bundled` spreads the fields
over the command's signature, where Typer finds them, and puts them together again at the call::

    @app.command()
    @bundled
    def result(ask: Reading) -> None: ...

What is not given on the command line comes from the environment, then from ``ledger.toml`` in
the current folder, then from a default.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, get_type_hints

import typer

from reporting.catalogue import LANGUAGES, Language

Format = Literal["table", "json", "csv"]
Scale = Literal["kr", "tkr", "mnkr"]

#: How the name of a file with a table may end.
_SUFFIXES = ("", ".json", ".csv", ".txt")

#: Options given before the command (``ledger --lang en result``), by name.
GIVEN: ContextVar[dict[str, str]] = ContextVar("given", default={})  # noqa: B039  (never changed)
#: The language of the command that runs, for messages about its failure.
SPOKEN: ContextVar[Language] = ContextVar("spoken", default="sv")


def configuration() -> dict[str, Any]:
    """``ledger.toml`` of the current folder, or nothing."""
    import tomllib
    from pathlib import Path

    from ledger.errors import UsageError

    path = Path("ledger.toml")
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"ledger.toml cannot be read: {error}.", "Correct the file.") from error


def chosen(name: str, given: str | None, default: str) -> str:
    """An option's value: given here, before the command, in the environment, in the file."""
    import os

    for value in (given, GIVEN.get().get(name), os.environ.get(f"LEDGER_{name.upper()}")):
        if value:
            check_text([value])
            return value
    value = configuration().get(name, default)
    return value if isinstance(value, str) else default


def language(given: str | None) -> Language:
    """The language asked for; `UsageError` for one that the product does not speak."""
    from ledger.errors import UsageError

    name = chosen("lang", given, "sv")
    for known in LANGUAGES:
        if name == known:
            return known
    raise UsageError(f"There is no language {name!r}.", f"Known: {', '.join(LANGUAGES)}.")


@dataclass(frozen=True)
class Spoken:
    """What every command takes."""

    lang: Annotated[
        str | None,
        typer.Option(
            "--lang", metavar="sv|en", help="Of tables and messages. Else LEDGER_LANG, sv."
        ),
    ] = None

    @cached_property
    def spoken(self) -> Language:
        """The language to speak."""
        return language(self.lang)


@dataclass(frozen=True)
class Common(Spoken):
    """What every command on a store takes."""

    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            metavar="PATH",
            help="The store. Else LEDGER_STORE, `store` in ledger.toml, ledger.db.",
        ),
    ] = None

    @cached_property
    def path(self) -> str:
        """Where the store is."""
        return chosen("store", self.store, "ledger.db")


@dataclass(frozen=True)
class Writing(Common):
    """What every command that records takes."""

    actor: Annotated[
        str | None,
        typer.Option(
            "--actor", metavar="NAME", help="Who records. Else LEDGER_ACTOR, the system's user."
        ),
    ] = None

    @cached_property
    def who(self) -> str:
        """Who records."""
        from ledger.identity import system_user

        return chosen("actor", self.actor, "") or system_user()


@dataclass(frozen=True)
class Shown(Common):
    """How a table is shown."""

    format: Annotated[
        Format | None,
        typer.Option("--format", help="table, json or csv. Else by the file's name, or table."),
    ] = None
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Write there instead.")
    ] = None
    excel: Annotated[
        bool,
        typer.Option("--excel", help="CSV with semicolon, decimal comma and BOM."),
    ] = False
    scale: Annotated[Scale | None, typer.Option("--scale", help="kr, tkr or mnkr in tables.")] = (
        None
    )

    @property
    def form(self) -> Format:
        """The format: as asked, else as the output's name ends, else a table."""
        if self.format is not None:
            return self.format
        name = (self.output or "").lower()
        if self.excel or name.endswith(".csv"):
            return "csv"
        return "json" if name.endswith(".json") else "table"


@dataclass(frozen=True)
class Known(Shown):
    """A table as it was known at a time."""

    known_at: Annotated[
        str | None,
        typer.Option(
            "--known-at", metavar="TIME", help="As known then: 2020-09-15, a time, or @N events."
        ),
    ] = None


@dataclass(frozen=True)
class Scoped(Known):
    """Which months and which part of the organisation."""

    through: Annotated[
        str | None,
        typer.Option(
            "--through",
            metavar="PERIOD",
            help="2020-08, 2020-T2 or 2020. Else the latest closed month.",
        ),
    ] = None
    year: Annotated[
        str | None, typer.Option("--year", metavar="YEAR", help="Only that fiscal year.")
    ] = None
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="CODE", help="Only that unit and all below.")
    ] = None
    tree: Annotated[
        str,
        typer.Option(
            "--tree",
            metavar="TREE[@PERIOD]",
            help="The tree of units; line@then: each month as it was.",
        ),
    ] = "line"


@dataclass(frozen=True)
class Reading(Scoped):
    """What every report takes."""

    structure: Annotated[
        str | None, typer.Option("--structure", metavar="NAME", help="The report structure.")
    ] = None
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="LEVELS",
            help="unit, area, division, line, account, project, product, activity, month; "
            "several with commas.",
        ),
    ] = None

    def levels(self, default: str) -> tuple[str, ...]:
        """What ``--by`` asks for."""
        asked = self.by if self.by is not None else default
        return tuple(level.strip() for level in asked.split(",") if level.strip())


def protect(output: str, store: str) -> None:
    """Raise `UsageError` for an output that is the store, what SQLite keeps beside it, or
    ``ledger.toml``: a report must never overwrite the record."""
    import os

    from ledger.errors import UsageError

    kept = [store + end for end in ("", "-wal", "-shm", "-journal")]
    for path in (*kept, "ledger.toml"):
        same = os.path.realpath(output) == os.path.realpath(path)
        if not same and os.path.exists(output) and os.path.exists(path):
            same = os.path.samefile(output, path)
        if same:
            what = "the configuration" if path == "ledger.toml" else "the store"
            raise UsageError(f"{output} is {what} itself.", "Choose another -o FILE.")


def check_text(values: Iterable[object]) -> None:
    """Raise `UsageError` for an argument whose bytes are no UTF-8: no event could hold it."""
    from ledger.errors import UsageError

    for value in values:
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and any("\ud800" <= c <= "\udfff" for c in text):
                shown = text.encode("utf-8", "replace").decode()
                raise UsageError(f"{shown!r} is no UTF-8 text.", "Write it in UTF-8.")


def _check_output(bundle: Shown) -> None:
    """Raise `UsageError` for an output whose name promises a form that is not written."""
    from pathlib import PurePath

    from ledger.errors import UsageError

    suffix = PurePath(bundle.output or "").suffix.lower()
    excel = suffix in (".xlsx", ".xlsm", ".xls")
    if suffix in _SUFFIXES or (bundle.format is not None and not excel):
        return
    raise UsageError(
        f"No {suffix} file can be written.",
        "Give -o a name that ends in .json, .csv or .txt"
        + ("; --excel -o FILE.csv opens in Excel." if excel else ", or say --format."),
    )


def bundled(function: Callable[..., None]) -> Callable[..., None]:
    """The function as a command whose bundles are spread over its signature."""
    hints = get_type_hints(function, include_extras=True)
    parameters: list[inspect.Parameter] = []
    bundles: dict[str, type[Any]] = {}
    for parameter in inspect.signature(function).parameters.values():
        hint = hints[parameter.name]
        if isinstance(hint, type) and is_dataclass(hint):
            bundles[parameter.name] = hint
            options = get_type_hints(hint, include_extras=True)
            parameters += [
                inspect.Parameter(
                    f.name, parameter.KEYWORD_ONLY, default=f.default, annotation=options[f.name]
                )
                for f in fields(hint)
            ]
        else:
            parameters.append(parameter.replace(kind=parameter.KEYWORD_ONLY, annotation=hint))

    def command(**given: Any) -> None:
        check_text(given.values())
        for name, kind in bundles.items():
            bundle = kind(**{f.name: given.pop(f.name) for f in fields(kind)})
            if isinstance(bundle, Spoken):
                SPOKEN.set(bundle.spoken)
            output = getattr(bundle, "output", None) or given.get("output")
            if isinstance(bundle, Common) and output not in (None, "-"):
                protect(output, bundle.path)
                if isinstance(bundle, Shown):
                    _check_output(bundle)
            given[name] = bundle
        function(**given)

    command.__name__, command.__doc__ = function.__name__, function.__doc__
    command.__module__ = function.__module__
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return command
