"""What a column and a kind of table are, and the columns that several kinds have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ColumnType = Literal[
    "code",
    "text",
    "amount",
    "decimal",
    "quantity",
    "month",
    "interval",
    "date",
    "time",
    "year",
    "number",
    "word",
]


@dataclass(frozen=True)
class Column:
    """A column: its name, what its cells are, and what it is called in Swedish.

    ``of`` says, for codes, where they are registered: unit, account, or a dimension. ``words``
    are other ways to write a value. ``required`` columns must be in the header; ``filled`` says
    that every cell must be filled in (of codes of units and accounts the rules see to that).
    """

    name: str
    type: ColumnType
    swedish: tuple[str, ...]
    note: str = ""
    required: bool = False
    filled: bool = False
    of: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """A kind of table. ``either`` names columns of which one at least must be there; ``also``
    are other first words of a file's name, for where the columns fit several kinds."""

    name: str
    swedish: str
    about: str
    columns: tuple[Column, ...]
    example: str
    either: tuple[tuple[str, ...], ...] = ()
    also: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


PERIOD = Column("period", "month", ("period", "månad"), "the month, as 2020-08")
UNIT = Column("unit", "code", ("enhet",), "the unit's code", required=True, of="unit")
ACCOUNT = Column("account", "code", ("konto",), "the account", required=True, of="account")
AMOUNT = Column(
    "amount", "amount", ("belopp",), "kronor, income positive", required=True, filled=True
)
PROJECT = Column("project", "code", ("projekt",), "the project", of="project")
PRODUCT = Column("product", "code", ("produkt",), "the product", of="product")
ACTIVITY = Column("activity", "code", ("verksamhet",), "the activity", of="activity")
ROUND = Column("round", "text", ("omgång", "prognosomgång"), "the round", True, True)
REPORT_LINE = ("rad", "rapportrad")
VALID_FROM = Column(
    "valid_from", "month", ("gäller_från",), "from which month it holds", required=True, filled=True
)
