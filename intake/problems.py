"""What can be wrong with a file, by code, with what each means; and the errors that intake raises.

The errors are raised where there is nothing to read or no telling what it is::

    UsageError
    ├── FileMissing        there is no file of that name
    ├── FileUnreadable     it cannot be opened, or is of a format that is not read
    ├── KindUnknown        no kind has these columns, or several have
    └── ProfileWrong       the profile has keys or values that mean nothing

All else is a `Problem`, and problems are told all at once.
"""

from __future__ import annotations

from intake.sie.codes import PROBLEMS, WARNINGS
from ledger.errors import UsageError


class FileMissing(UsageError):
    """There is no file of that name."""

    code = "file-missing"


class FileUnreadable(UsageError):
    """The file cannot be opened, or its format is not read."""

    code = "file-unreadable"


class KindUnknown(UsageError):
    """The file does not tell what it holds: no kind has its columns, or several have."""

    code = "kind-unknown"


class ProfileWrong(UsageError):
    """The profile in ledger.toml has a key or a value that means nothing."""

    code = "profile-wrong"


#: Problems of files that are tables: the file is refused.
TABLE: dict[str, str] = {
    "empty-file": "The file holds nothing. Export it again.",
    "bad-encoding": "The file is UTF-16, which is not read. Save it as UTF-8.",
    "bad-byte": "A byte that its encoding does not have. Save the file as UTF-8, or give its "
    'encoding in a profile (encoding = "latin-1").',
    "control-byte": "A NUL or other control byte, which text does not have. Export the file again.",
    "bad-quotes": "A quote that is never closed, or stands inside a field that is not quoted. "
    'Close it; write a quote inside a quoted field twice ("").',
    "ragged-row": "A row has more or fewer fields than the header. Quote a field that holds the "
    "delimiter, such as a decimal comma.",
    "bad-excel": "The file cannot be read as an Excel workbook, or has no such sheet. Save it as "
    ".xlsx, or as CSV UTF-8.",
    "excel-error": "A cell holds an error of Excel's, such as #REF!. Correct the formula.",
    "excel-precision": "An amount in a numeric cell has more digits than Excel keeps. Write it as "
    "text, or export CSV.",
    "missing-column": "A column that the kind or the profile requires is not in the header. Add "
    "it, or name it in a profile.",
    "unknown-column": "A column that the kind does not have. Remove it, correct its name, or let a "
    "profile ignore it: nothing is left out in silence.",
    "duplicate-column": "Two columns say the same thing. Keep one.",
    "empty-field": "A field that must be filled in is empty. Fill it in.",
    "bad-amount": "The field is no amount. Write kronor with digits and one decimal comma or "
    "point, such as -1 234,50.",
    "bad-decimal": "The field is no number. Write digits with one decimal comma or point.",
    "bad-interval": "The field is no period. Write a month, tertial, quarter, half-year, year, "
    "week or day (2020-08, 2020-T2, 2020-Q3, 2020-H1, 2020, 2020-W38, 2020-10-23), or several "
    "months (2020-01--2020-08).",
    "two-decimal-marks": "An amount has more than one decimal comma or point. Thousands are parted "
    "by spaces, not by points or commas.",
    "too-many-decimals": "An amount has a part smaller than an öre. Give at most two decimals of "
    "kronor, or let a profile round (round = true).",
    "amount-beyond-64-bits": "An amount does not fit in 64 bits of öre. Look for the wrong unit "
    "of money.",
    "bad-month": "The field is no month. Write it as 2020-08.",
    "bad-date": "The field is no date. Write it as 2020-08-17.",
    "bad-time": "The field is no date or time. Write it as 2020-08-17 or "
    "2020-08-17T09:30:00+02:00.",
    "bad-year": "The field is no year. Write it as 2020.",
    "bad-number": "The field is no whole number. Write digits only.",
    "bad-quantity": "The field is no quantity. Write digits with at most two decimals, such as "
    "1 234,50.",
    "bad-sign": "A line's sign is neither 1 nor -1.",
    "numeric-code": "A code stands in a numeric cell, where Excel has dropped its leading zeros, "
    "and not exactly one registered code matches. Format the column as text and write the code.",
    "period-date-mismatch": "A row's period is not the month of its date. Correct one of them; a "
    "voucher of a closed month is posted in a later one with --late-to.",
    "two-periods": "A budget row gives both a month and a year. Keep one.",
    "row-repeated": "A voucher has two rows with the same number. Number them apart, or keep one.",
    "sie-two-objects": "A row has objects of two dimensions that both mean the same column. "
    "Correct `dimensions` in the profile.",
}

#: Warnings and findings of files: told, and the file is taken.
NOTICES: dict[str, str] = {
    "drawn-before": "Another sample was drawn from the same population by the same method and "
    "seed: it is the same draw. Draw by the log's own seed for another.",
    "closed-empty": "A month was closed for outcome in which nothing is booked. Reopen it if its "
    "file is still to come: tables end with the latest closed month.",
    "setting-unread": "A setting was recorded under a name that the program does not read; another "
    "version may. Record it under the right name, and the wrong one with an empty value.",
    "no-rows": "The file has no rows, or none in which anything is filled in; nothing is recorded.",
    "rounded": "A profile says that amounts are rounded to whole öre; the sum of what was left "
    "out is told.",
    "unit-by-code": "A unit that was not registered is registered by its code, under the root.",
    "account-by-code": "An account that was not registered is registered by its code.",
    "code-by-use": "A product, project or activity that was not registered is registered by its "
    "code.",
    "sie-no-months": "The SIE file has balances of the year only: closing balances and results "
    "are no months, and are not recorded.",
    "sie-no-year": "No fiscal year is known for the opening balances; they are not recorded.",
    "sie-year-kept": "Month totals of a year that is kept by vouchers here; they are not recorded.",
    "sie-person-dropped": "Objects of dimension 7 (employee) name a person and are not recorded.",
    "sie-budget-skipped": "The profile leaves the file's budget out.",
    "reversed-here": "A voucher of the file is known, and was reversed here. --again records it "
    "anew.",
    "batch-known": "The same file was taken before, and the record has changed since. --again "
    "takes it anew.",
    "late-posting": "A voucher of a closed month was posted in a later one.",
    "text-withheld": "A voucher of the file holds what was erased from it here; that is not taken "
    "again.",
    "held-back": "What was due to be erased is left where it is, since a legal hold covers it.",
    "not-cleaned": "What was erased is gone from the store's tables, and somebody who reads an "
    "older state keeps the old bytes in its files. Close other programs, then run "
    "`ledger erase --clean`; the next recording tries too.",
    "voucher-missed": "A voucher that an earlier file held is not in this one.",
    "total-restated": "A month's total was recorded before with another amount; both are kept.",
    "total-missed": "A month's total that was recorded before is not in the file.",
    "four-eyes-one-account": "Who recorded and who reviewed acted from the same account; only "
    "their names tell them apart, as the setting four_eyes=actor allows.",
    "staffing-restated": "A figure of staffing was on record as another; both are kept, with the "
    "reason.",
    "staffing-missed": "A figure of a measure, unit and month that the file parts is on record, "
    "and not in the file. If it is nothing now, restate it as 0.",
    "opening-restated": "An opening balance was recorded before with another amount; both are "
    "kept.",
}

#: Problems that the rules of the record find in a file's rows.
RULES: dict[str, str] = {
    "unknown-account": "The account is not registered. Correct the code, import an accounts file, "
    "or give --register.",
    "empty-account": "The account is empty. Fill it in.",
    "unknown-unit": "The unit is not registered, or not in the round's part. Correct the code, "
    "import a units file, or give --register.",
    "empty-unit": "The unit is empty. Write its code.",
    "unknown-counterparty-unit": "The counterparty unit is not registered. An external "
    "counterparty goes to the column counterparty.",
    "sum-beyond-64-bits": "The sum of the file's amounts passes 64 bits of öre. Look for an amount "
    "in the wrong unit of money.",
    "voucher-out-of-balance": "The rows of a voucher do not sum to zero. Correct it in the books "
    "and export it again.",
    "voucher-repeated": "A voucher number stands twice in the file within a fiscal year. Keep one, "
    "or give each a number of its own.",
    "voucher-changed": "A recorded voucher has other content in the file. Look at both; then give "
    "--accept-changes --reason TEXT.",
    "period-closed": "The period is closed for that family and part of the organisation. Give "
    "--late-to PERIOD, or reopen it with a second person's approval.",
    "year-basis": "A fiscal year is kept by vouchers or by month totals, and the file holds the "
    "other. Compare it with `ledger reconcile`.",
    "fiscal-year-overlap": "A fiscal year of the file overlaps another on record. Correct #RAR or "
    "the organisation's first month.",
    "total-repeated": "A month's total stands twice in the file. Keep one row.",
    "other-entity": "The file is of another organisation number than the store. Import it into "
    "that organisation's own store.",
    "unknown-version": "No such version of a budget. Write original, supplementary, carried_over, "
    "reallocated, technical or internal.",
    "no-structure": "A budget by line needs a default structure. Set structure.forecast.",
    "unknown-line": "The line is not in the report structure. Correct its name.",
    "no-phasing": "The phasing gives no shares. Write even, last_year (of a budget), from:MONTH "
    "(of a measure) or key:NAME.",
    "budget-repeated": "A month's budget stands twice in the file. Keep one row.",
    "budget-decided": "The budget was decided with another amount. Record the change as a version "
    "of its own.",
    "reallocation-not-zero": "A reallocation moves money and must sum to zero.",
    "unknown-round": "There is no such forecast round. Open it with `ledger forecast round`.",
    "round-adopted": "The forecast round is adopted and locked. Open a new one.",
    "period-outside-round": "A forecast is for the months after the round's, in its fiscal year.",
    "unknown-method": "No such method. Write manual, model, budget or previous.",
    "comment-missing": "An entry by hand needs a comment: say what it stands on.",
    "comment-demanded": "An entry leaves the model's 80 % interval, or differs too much from the "
    "previous round (else the model). Say why.",
    "forecast-submitted": "The unit's forecast is submitted or approved. Let it be returned "
    "(`ledger forecast return`).",
    "model-without-inputs": "An entry says model, not from which inputs. Let the model enter it.",
    "entry-mixed": "A unit and line are entered by month and for the rest of the year. Choose one.",
    "entry-repeated": "A unit and line stand twice in the file. Keep one row.",
    "bad-assumption": "An assumption names a round, unit, line, kind or month that does not hold.",
    "bad-risk": "A risk lacks something, or names a class, unit, line, amount or month that does "
    "not hold.",
    "risk-repeated": "A risk stands twice in the file. Keep one row.",
    "risk-closed": "The risk is closed. Identify a new one.",
    "reason-missing": "Whoever changes, restates, reassesses or closes what is on record says why. "
    "Fill in reason.",
    "bad-action": "A measure of the action plan lacks something, or names a unit, year, month or "
    "amount that does not hold.",
    "action-unplanned": "The measure is not planned for that fiscal year. Plan it: unit, "
    "action_area, assignment.",
    "action-repeated": "A measure's plan, or its effect or forecast of a month, stands twice in "
    "the file. Keep one row.",
    "bad-investment": "An investment lacks something, or names a type, unit, year, month or amount "
    "that does not hold.",
    "investment-on-two-levels": "A group of investments and one of its details would both have "
    "a frame, a forecast or investments, which would count twice. Let them stand on one of them.",
    "investment-repeated": "A frame, or a type's investment or forecast of a month, stands twice "
    "in the file. Keep one row, or name the items.",
    "frame-decided": "The frame was decided with another amount. Record the change as version "
    "revised, with its decision.",
    "bad-staffing": "A row of staffing names a measure, sex or age group that there is not, less "
    "than nothing, or a part of a person.",
    "staffing-repeated": "A figure stands twice in the file. Keep one row.",
    "staffing-parted": "A measure of a unit and month is parted in two ways, so that some would be "
    "counted twice. Part it one way in all its rows.",
    "staffing-beyond": "A part is more than its whole: sick hours of 60 days or more of the sick, "
    "or sick hours of the ordinary. Correct one of them.",
    "staffing-reported": "A figure on record is another in the file. Look at both; then give a "
    "reason, or --accept-changes --reason TEXT.",
    "second-root": "A unit of the line organisation has no parent. Give its parent.",
    "unknown-parent": "The parent is not there. Put its row before its children's.",
    "cycle": "A unit or line stands above its own parent. Break the ring.",
    "unknown-type": "No such type of account. Write income, cost, asset or liability.",
    "half-range": "A structure's range has one end only. Fill in both or none.",
    "empty-range": "A structure's range ends before it begins. Swap its ends.",
    "overlap": "Two lines of a structure take the same account. Let each fall into one line.",
    "unknown-family": "No family or kind of event of that name has private fields. Write a family, "
    "as outcome, or a topic; see `ledger topics`.",
    "unknown-private-field": "The family has no private field of that name. Write text, comment, "
    "reason, counterparty or another that its events have.",
    "bad-months": "The months kept are no whole number from 0 to 1200.",
    "unknown-state": "A hold is placed or lifted. Write one of them.",
    "hold-unknown": "No hold of that reference stands. Correct it; see `ledger retention`.",
    "hold-stands": "A hold of that reference stands already and covers something else. Give it a "
    "reference of its own, or lift the other.",
    "gap": "A structure has no line for an account. Add or widen a line.",
    "move-in-closed-month": "A unit would get another parent or level in a month that is closed "
    "for outcome. Move it from the first open month on: a table through it shows all its months "
    "in the new tree. Or reopen the closed months.",
    "unknown-role": "No such role or change. Write recorder, approver or auditor, given or taken.",
    "role-not-held": "The person does not hold the role that is taken. See `ledger roles`.",
    "mark-kind-unknown": "A mark is special (special follow-up) or one_off. Write one of them.",
    "mark-kind-differs": "The mark stands with another kind. Choose another name, or unmark it.",
    "mark-of-nothing": "A mark names at least one dimension. Name an account, project, product, "
    "activity, unit or voucher.",
    "unknown-code": "The project, product or activity is not registered, or the range holds none "
    "that is. Correct the code, or register it.",
    "unknown-voucher": "No voucher of that name is on record. Write A 1001 or A-1001@2020.",
    "voucher-of-several-years": "Several fiscal years have a voucher of that name. Add the year: "
    "A-1001@2020.",
    "record-repeated": "The same thing stands twice in the file. Keep one of the rows.",
    "unknown-word": "The field takes one of few words. Write one that the message names.",
    "bad-indicator": "An indicator or a measure of it lacks something, or its target, limit, base "
    "and direction do not hold together.",
    "judgement-differs": "Somebody judged fulfilment or trend, and value, target, direction and "
    "history say otherwise. Leave it empty: it is derived; or correct the value.",
    "bad-statistic": "A statistic lacks something: a measure, whose it is, a value with what it "
    "is counted in, or what it is compared with.",
    "change-differs": "A change is stated that the two values do not give. Leave it empty: it is "
    "computed.",
    "comparator-differs": "What a figure is compared with is on record with another value. "
    "Restate that one, or leave it out.",
    "bad-assignment": "An assignment lacks something, stands on another unit, or has both a due "
    "day and a due text.",
    "assignment-closed": "The assignment is closed. Give a new one.",
    "impossible-date": "A text names a day that no calendar has, as 31 April. Ask which day is "
    "meant.",
    "bad-attachment": "An attachment lacks its number, its title or its SHA-256.",
    "unknown-mark": "No mark of that name stands: `ledger mark` makes one.",
    "bad-estimate": "An estimate lacks its kind, its line, or its amount or hours.",
    "bad-variance": "An explanation of a variance lacks its text or its amount.",
    "sample-unanswered": "A control is concluded adequate on a sample that does not say so: not "
    "evaluated since it was last assessed, or beyond what can be borne without a because.",
    "bad-control": "A control activity, or what it came to, lacks something, or names a unit, "
    "year, month, class, rate or risk that does not hold.",
    "control-unplanned": "The control is not planned for that fiscal year. Plan it first.",
    "control-withdrawn": "The control is withdrawn from the plan. Plan another.",
    "bad-control-measure": "A measure of a control lacks its name, its text, or how it goes.",
    "bad-materiality": "The amounts of materiality are not all there, or do not rise from trivial "
    "over performance to overall.",
    "bad-population": "A list to draw from lacks an item, a source or who vouches for it, says two "
    "things of one list, or gives amounts to some of its items only.",
    "unknown-sample": "The sample is not drawn. Correct its name; see `ledger control list "
    "--samples`.",
    "item-not-drawn": "The item is not in the sample. Assess what was drawn.",
    "bad-assessment": "An assessment lacks its result, or its result, audited amount and evidence "
    "do not hold together.",
    "booked-changed": "A working paper says that another amount is booked than the sample has. Put "
    "it back; what should have been booked goes into the audited amount.",
    "explanation-unknown": "No explanation with that text stands. Write it as it is on record; "
    "see `ledger variances`.",
    "auditor-alone": "An auditor holds no other role. Take the other one first.",
}

#: Every code that a file can be met with, and what it means.
EXPLAIN: dict[str, str] = {**PROBLEMS, **WARNINGS, **RULES, **NOTICES, **TABLE}
