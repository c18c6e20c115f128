"""Settings whose values are checked, and those that only an approver changes."""

from __future__ import annotations

from ledger.errors import UsageError
from ledger.families.commentary import TOLERANCE
from ledger.families.control import DAYS, days_after
from ledger.families.forecast_approval import APPROVAL
from ledger.families.forecast_entry import COMMENT_OVER, COMMENT_OVER_PERCENT, threshold
from ledger.families.roles import FOUR_EYES
from ledger.families.staffing import HOURS_PER_FTE, hours_per_fte
from ledger.money import NotMoney

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
