"""Settings whose values are checked, and those that only an approver changes."""

from __future__ import annotations

from difflib import get_close_matches

from ledger.errors import UsageError
from ledger.families.commentary import TOLERANCE
from ledger.families.control import DAYS, days_after
from ledger.families.forecast_approval import APPROVAL
from ledger.families.forecast_entry import COMMENT_OVER, COMMENT_OVER_PERCENT, threshold
from ledger.families.roles import FOUR_EYES
from ledger.families.staffing import HOURS_PER_FTE, hours_per_fte
from ledger.money import NotMoney
from ledger.quantities import PLANNED, QUANTITY
from ledger.risk_matrix import DEFAULTS as RISK_SETTINGS

#: Settings with few values, the first of which holds where nobody says.
CHOICES: dict[str, tuple[str, ...]] = {"four_eyes": FOUR_EYES, "forecast.approval": APPROVAL}
_THRESHOLDS = (COMMENT_OVER, COMMENT_OVER_PERCENT)
_NUMBERS = (*_THRESHOLDS, TOLERANCE)

#: Settings that say what is looked at before it counts.
CONTROLLING = frozenset({*CHOICES, *_THRESHOLDS})

#: Settings of analytic controls: what is looked for, and what of it is told.
_OF_CONTROLS = "control."


def controlling(setting: str) -> bool:
    """Whether only an approver changes the setting."""
    return setting in CONTROLLING or setting.startswith(_OF_CONTROLS)


#: Settings that the program reads, and what those begin with that are named by what they concern.
KNOWN = CONTROLLING | {
    TOLERANCE, HOURS_PER_FTE, DAYS, *RISK_SETTINGS,
    "structure.result", "structure.cost_development", "structure.forecast", "structure.statement",
    "structure.balance_requirement", "structure.special_follow_up", "region.trees",
    "report.responsible", "report.author", "documentation.role", "documentation.sources",
}  # fmt: skip
KNOWN_BEGINNINGS = (_OF_CONTROLS, QUANTITY, PLANNED, "phasing.", "report.statistics.")


def unread(setting: str) -> str | None:
    """What is to be said of a setting that the program does not read; None of one that it does."""
    if setting in KNOWN or setting.startswith(KNOWN_BEGINNINGS):
        return None
    near = get_close_matches(setting, sorted(KNOWN), 1, 0.75)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"{setting} is no setting that this program reads.{meant}"


#: What holds where nobody says.
DEFAULTS = {setting: values[0] for setting, values in CHOICES.items()}


def check_setting(setting: str, value: str) -> None:
    """Raise `UsageError` for a value that the setting cannot have."""
    values = CHOICES.get(setting)
    if values is not None and value not in values:
        raise UsageError(f"{setting} cannot be {value!r}.", f"Write one of: {'; '.join(values)}.")
    if setting == HOURS_PER_FTE:
        hours_per_fte({setting: value})
    if setting == DAYS:
        days_after({setting: value})
    if setting in _NUMBERS:
        try:
            threshold(COMMENT_OVER if setting == TOLERANCE else setting, value)
        except NotMoney as error:
            raise UsageError(
                f"{setting} cannot be {value!r}: {error}.",
                "Write a number, such as 250000 (kronor) or 5 (percent), or nothing for none.",
            ) from error
