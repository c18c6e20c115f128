"""``ledger control sample``: commit to what is drawn from, draw, show, draw again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.options import Scoped, Writing, bundled
from cli.output import put, say, show
from cli.session import book_of, is_simulated, record

if TYPE_CHECKING:
    from fractions import Fraction

    from assurance.samples import Wish
    from ledger.families.control_sample import Drawn
    from ledger.log import Book

_SOURCE = "ledger control sample"
#: Exit codes: drawn again it is another sample because the record has grown; or though it has not.
DIFFERS, TAMPERED = 1, 6


@dataclass(frozen=True)
class Sampling(Scoped, Writing):
    """A sample that is drawn, or shown."""


def _codes(name: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        f"--{name}", metavar="CODES", help=f"Postings of that {name}; several, ranges."
    )
    return option


@dataclass(frozen=True)
class Choice:
    """Which postings, or which list."""

    population: Annotated[
        str | None, typer.Option("--population", metavar="LIST", help="Draw from that list.")
    ] = None
    account: Annotated[str | None, _codes("account")] = None
    line: Annotated[
        str | None, typer.Option("--line", metavar="LINE", help="Postings of that report line.")
    ] = None
    structure: Annotated[
        str | None, typer.Option("--structure", metavar="NAME", help="The line's structure.")
    ] = None
    project: Annotated[str | None, _codes("project")] = None
    product: Annotated[str | None, _codes("product")] = None
    activity: Annotated[str | None, _codes("activity")] = None
    first: Annotated[
        str | None,
        typer.Option("--first", metavar="MONTH", help="From there; else the fiscal year's first."),
    ] = None
    least: Annotated[
        str | None, typer.Option("--least", metavar="AMOUNT", help="Of at least so many kronor.")
    ] = None
    most: Annotated[
        str | None, typer.Option("--most", metavar="AMOUNT", help="Of at most so many kronor.")
    ] = None


@dataclass(frozen=True)
class Method:
    """How to draw."""

    method: Annotated[
        Literal["random", "stratified", "systematic", "monetary_unit", "cell"] | None,
        typer.Option("--method", help="Else random."),
    ] = None
    size: Annotated[
        int | None,
        typer.Option("--size", metavar="N", help="How many; else by the plan or materiality."),
    ] = None
    interval: Annotated[
        str | None,
        typer.Option(
            "--interval", metavar="N|AMOUNT", help="One in every so many items, or kronor."
        ),
    ] = None
    strata: Annotated[
        str | None,
        typer.Option("--strata", metavar="COLUMN", help="unit, account, period … of a stratified."),
    ] = None
    side: Annotated[
        Literal["income", "cost"] | None,
        typer.Option("--side", help="Money of which sign; else that of the population's sum."),
    ] = None
    aside: Annotated[
        int, typer.Option("--aside", metavar="N", help="So many of what money has no chance of.")
    ] = 0
    public: Annotated[
        str | None,
        typer.Option(
            "--public", metavar="TEXT", help="Only commit; the seed comes from that, later."
        ),
    ] = None
    seed: Annotated[
        str | None, typer.Option("--seed", metavar="TEXT", help="The seed; else the log's own.")
    ] = None


@bundled
def sample(
    ask: Sampling,
    choice: Choice,
    how: Method,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The sample's name; else the next S1 …")
    ] = None,
    control: Annotated[
        str | None, typer.Option("--control", metavar="NAME", help="The control it is for.")
    ] = None,
    items: Annotated[
        str | None,
        typer.Option("--items", metavar="EVENTS", help="By judgement: these events' positions."),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why these, by judgement.")
    ] = None,
    redo: Annotated[
        str | None, typer.Option("--redo", metavar="NAME", help="Draw that sample again.")
    ] = None,
) -> None:
    """Draw a sample, show it, draw it again.

    What is drawn from is recorded before the seed is known: the log's own root hash after that,
    or with --public what is published later and given with --seed. NAME alone shows a sample;
    --redo draws it again: 0 the same, 6 another, 1 another since --known-at is.
    """
    from ledger.errors import UsageError

    if redo is not None:
        if name or items or reason or how.seed or how.public:
            raise UsageError("--redo takes the sample as it is on record.", "Leave out the rest.")
        _redo(ask, redo)
        return
    book = book_of(ask)
    drawn = _known(book, name)
    if drawn is None and items is not None:
        drawn = _judged(ask, book, name, items, reason, control)
    elif drawn is None:
        if name is not None and not (_asks(choice, how) or control or _committed(book, name)):
            raise UsageError(
                f"There is no sample {name!r}.", "See `ledger control list --samples`."
            )
        drawn = _drawn(ask, book, name, choice, how, control)
    elif _asks(choice, how) or items or control:
        raise UsageError(f"The sample {name!r} is drawn, and is drawn once.", "Give another name.")
    if drawn is not None:
        _show(ask, drawn)


def _known(book: Book, name: str | None) -> Drawn | None:
    from ledger.families.control_sample import Samples

    return book.state.of(Samples).named.get(name or "")


def _committed(book: Book, name: str) -> bool:
    from ledger.families.control_sample import Samples

    return name in book.state.of(Samples).committed


def _asks(choice: Choice, how: Method) -> bool:
    """Whether anything is said of what to draw from, or how."""
    return any(value not in (None, 0) for value in (*vars(choice).values(), *vars(how).values()))


def _show(ask: Sampling, drawn: Drawn) -> None:
    from reporting import sample_table

    book = book_of(ask)
    if ask.form == "json":
        content = sample_table.as_json(book, drawn)
        put(json.dumps(content, ensure_ascii=False, indent=2) + "\n", ask.output)
        return
    show(sample_table.drawn_table(book, drawn, ask.spoken), ask, simulated=is_simulated(book))


def _redo(ask: Sampling, name: str) -> None:
    from assurance.samples import redraw
    from ledger.families.control_sample import Drawn
    from reporting.sample_table import redrawn_lines

    found = redraw(book_of(ask), name, ask.known_at)
    _show(ask, Drawn(found.now, found.drawn.position))
    moved = ask.known_at is not None and found.now.known_size != found.drawn.event.known_size
    for line in redrawn_lines(found, ask.spoken, moved=moved):
        say(line)
    if not found.same:
        raise typer.Exit(DIFFERS if moved and found.seed_holds else TAMPERED)


def _drawn(
    ask: Sampling, book: Book, name: str | None, choice: Choice, how: Method, control: str | None
) -> Drawn | None:
    """Commit, unless that is done, and draw, unless the seed is still to come."""
    from assurance.samples import sampled
    from ledger.families.control_draw import DrawSample
    from ledger.families.control_sample import Samples

    if name is None or name not in book.state.of(Samples).committed:
        name = _commit(ask, book, name, choice, how, control)
        book = book_of(ask)
    event, _ = book.state.of(Samples).committed[name]
    if event.seed_kind == "public" and how.seed is None:
        from reporting.sample_table import committed_lines

        put("\n".join(committed_lines(book, event, ask.spoken)) + "\n", ask.output)
        return None
    record(ask, DrawSample(sampled(book, name, how.seed)), _SOURCE)
    return _known(book_of(ask), name)


def _commit(
    ask: Sampling, book: Book, name: str | None, choice: Choice, how: Method, control: str | None
) -> str:
    """Record what is drawn from and how; gives the sample's name."""
    from assurance.populations import Selection, asked_for
    from assurance.samples import commit
    from ledger.families.control_draw import CommitSample

    then = book.at(ask.known_at) if ask.known_at else book
    selection = asked_for(
        then,
        Selection(
            unit=_unit(ask, book, control),
            population=choice.population,
            tree=ask.tree,
            first=choice.first,
            accounts=choice.account,
            lines=choice.line,
            structure=choice.structure,
            projects=choice.project,
            products=choice.product,
            activities=choice.activity,
            least=_ore(choice.least, "--least"),
            most=_ore(choice.most, "--most"),
        ),
        through=ask.through,
        year=ask.year,
    )
    year = _year(book, control, selection.last)
    name = name or _next_name(book)
    event = commit(then, name, selection, _wish(how), control=control, year=year)
    record(ask, CommitSample(event), _SOURCE)
    return name


def _year(book: Book, control: str | None, last: str | None) -> str | None:
    """The fiscal year whose plan has the control: that of the months, else the newest."""
    from ledger.families.control import Controls

    if control is None:
        return None
    if last is not None:
        return book.organisation.calendar.year_of(last)[0][:4]
    years = [year for year, name in book.state.of(Controls).activities if name == control]
    return max(years, default=None)


def _unit(ask: Sampling, book: Book, control: str | None) -> str:
    """The unit asked for; that of the control, as planned last; else the whole organisation."""
    from ledger.families.control import Controls

    planned = [
        activity.planned
        for (_, name), activity in book.state.of(Controls).activities.items()
        if name == control
    ]
    found = max(planned, key=lambda plan: plan.year, default=None)
    if ask.unit is None and found is not None:
        return found.unit
    return ask.unit or book.organisation.require_founded().root


def _next_name(book: Book) -> str:
    from ledger.families.control_sample import Samples

    samples = book.state.of(Samples)
    taken = {*samples.committed, *samples.named}
    return next(name for n in range(1, len(taken) + 2) if (name := f"S{n}") not in taken)


def _wish(how: Method) -> Wish:
    from assurance.samples import Wish
    from ledger.errors import UsageError

    method = how.method or "random"
    if how.public is not None and how.seed is not None:
        raise UsageError("A seed that is known is not to come.", "Give --public, or --seed.")
    if how.seed is not None and not how.seed.strip():
        raise UsageError("The seed is empty.", "Give one, or leave --seed out.")
    if how.size is not None and how.interval is not None:
        raise UsageError("Both --size and --interval.", "Give one of them.")
    kind: Literal["public", "given", "log"] = "public" if how.public else "log"
    return Wish(
        method,
        size=how.size,
        interval=_interval(how.interval, method),
        strata=how.strata,
        turned=None if how.side is None else how.side == "cost",
        aside=how.aside,
        seed_kind="given" if how.seed is not None else kind,
        seed_from=how.public,
    )


def _interval(text: str | None, method: str) -> Fraction | None:
    """Items, or of money öre."""
    from fractions import Fraction

    from ledger.errors import UsageError

    if text is None:
        return None
    if method in ("monetary_unit", "cell"):
        ore = _ore(text, "--interval") or 0
        if ore <= 0:
            raise UsageError(f"--interval {text} is no interval.", "Write an amount above zero.")
        return Fraction(ore)
    if not text.isdecimal() or not int(text):
        raise UsageError(f"--interval {text} is no number of items.", "Write a whole number.")
    return Fraction(int(text))


def _ore(text: str | None, option: str) -> int | None:
    from cli.rates import ore

    return None if text is None else ore(text, option)


def _judged(
    ask: Sampling, book: Book, name: str | None, items: str, reason: str | None, control: str | None
) -> Drawn | None:
    """Record a sample that somebody chose."""
    from assurance.samples import judged
    from cli.session import position_of
    from ledger.errors import UsageError
    from ledger.families.control_draw import DrawSample

    positions: list[int] = []
    for piece in items.split(","):
        at = position_of(piece)
        if at is None:
            raise UsageError(f"{piece!r} is no event's position.", "See `ledger journal`.")
        positions.append(at)
    more: dict[str, Any] = {"control": control, "year": _year(book, control, None)}
    unit = _unit(ask, book, control)
    name = name or _next_name(book)
    event = judged(book, name, unit, positions, (reason or "").strip(), **more)
    record(ask, DrawSample(event), _SOURCE)
    return _known(book_of(ask), name)
