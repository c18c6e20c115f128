"""What the codes in messages mean: errors, problems of files, warnings and findings."""

from __future__ import annotations

from collections.abc import Iterator

from intake import problems
from ledger.errors import LedgerError
from reporting.catalogue import Language, keys, label, swedish


def explanations(lang: Language) -> dict[str, str]:
    """Every code with its meaning: the catalogue's words, else those beside the code."""
    found = dict(_told_beside())
    if lang == "sv":
        found |= swedish()
    for code in keys("explain"):
        found[code] = label(f"explain.{code}", lang)
    return found


def _told_beside() -> Iterator[tuple[str, str]]:
    """Codes explained where they are raised: named errors by their docstrings, problems of
    files by the dictionaries of intake."""
    waiting: list[type[LedgerError]] = [LedgerError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if "code" in kind.__dict__:
            yield kind.code, " ".join((kind.__doc__ or "").split())
    yield from problems.EXPLAIN.items()
