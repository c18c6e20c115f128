"""Shares and amounts as people give them on the command line."""

from __future__ import annotations

from decimal import Decimal


def share(text: str, option: str) -> Decimal:
    """A share, as 0.05, 0,05 or 5%."""
    from ledger.errors import UsageError
    from ledger.money import NotMoney, read_decimal

    bare = text.strip()
    try:
        value = read_decimal(bare.removesuffix("%"))
    except NotMoney as error:
        raise UsageError(f"{option} {text} is no rate: {error}.", "Write 0.05 or 5%.") from error
    return value.scaleb(-2) if bare.endswith("%") else value


def ore(text: str, option: str) -> int:
    """An amount in kronor, in öre."""
    from ledger.errors import UsageError
    from ledger.money import NotMoney, to_ore

    try:
        return to_ore(text)
    except NotMoney as error:
        raise UsageError(
            f"{option} {text} is no amount in kronor: {error}.", "Write 150000 or 150000.50."
        ) from error
