"""The codes of everything that can be wrong or odd in a SIE file, with what they mean.

A *problem* refuses the file; a *warning* tells and goes on. One sentence each, so that
``ledger explain CODE`` and the documentation say the same thing as the reader does.
"""

from __future__ import annotations

PROBLEMS: dict[str, str] = {
    "sie-not-sie": "The file holds neither #FLAGGA nor #SIETYP: it is empty, cut at its head, "
    "UTF-16 or something else than SIE.",
    "sie-type-5": "The file is SIE 5 (XML), which this version does not read.",
    "sie-type": "#SIETYP is not 1, 2, 3 or 4.",
    "sie-byte": "A byte that its encoding does not have, or a control byte, which SIE forbids.",
    "sie-line": "A line that is neither a record (#…), a brace nor blank, such as the second half "
    "of a record with a line break inside.",
    "sie-quote": "A quote that is never closed before a field that is needed, or a quote mark "
    'inside a field that is not written as \\".',
    "sie-objects": "An object list that is not pairs of dimension and object, is not closed, or "
    "names a dimension twice.",
    "sie-fields": "A record lacks a field that the standard requires.",
    "sie-date": "A date that is not written YYYYMMDD (a period YYYYMM) or is not in the calendar.",
    "sie-amount": "An amount that is no number, has two decimal marks or more than whole öre.",
    "sie-beyond-range": "An amount, a voucher's debit or credit, or the file's, is more than 64 "
    "bits of öre hold.",
    "sie-year": "A year index that is no whole number, a fiscal year that ends before it begins, "
    "or two #RAR that give one index different dates.",
    "sie-unbalanced": "A voucher does not sum to 0.",
    "sie-brace": "A brace of a voucher is missing or stands where no voucher is.",
    "sie-row-outside": "A #TRANS, #RTRANS or #BTRANS stands outside a voucher.",
    "sie-checksum": "#KSUMMA is not the CRC-32 of the records: the file was changed after it was "
    "made.",
    "sie-checksum-cut": "One of the two #KSUMMA records is missing: the file is cut.",
}

WARNINGS: dict[str, str] = {
    "sie-encoding": "The file is UTF-8 or Latin-1, where the standard says CP437.",
    "sie-format": "#FORMAT says something else than PC8.",
    "sie-lost-letters": "The file holds replacement characters (U+FFFD): letters were lost before "
    "it came here.",
    "sie-flag": "#FLAGGA 1: some program has already read the file.",
    "sie-record-missing": "#FLAGGA, #SIETYP or #RAR is missing; the file is read without it.",
    "sie-kind": "The file has records that its #SIETYP should not have.",
    "sie-currency": "#VALUTA says another currency than SEK; amounts are taken as they stand.",
    "sie-generated": "The date of #GEN is not a date; it is left out.",
    "sie-year-fields": "#RAR has too few fields; it is left out.",
    "sie-year-unknown": "Balances of a year index that no #RAR gives dates for.",
    "sie-outside-year": "Vouchers or periods outside the fiscal years that #RAR states.",
    "sie-account-type": "#KTYP is empty or not one of T, S, I and K; the account gets no type.",
    "sie-quote-open": "The last field of a record opens a quote that is never closed; it is read "
    "to the end of the line.",
    "sie-name-missing": "An account, dimension or object is stated without a name.",
    "sie-account-unknown": "An account is used without #KONTO; it is registered by its code.",
    "sie-object-unknown": "An object is used without #OBJEKT; it is registered by its code.",
    "sie-dimension-unknown": "A dimension that the standard does not reserve is used without "
    "#DIM; it is registered by its number.",
    "sie-repeated": "A record repeats another's key: balances are added, of names the last one "
    "rules.",
    "sie-voucher-empty": "A voucher has no counted rows; it records nothing.",
    "sie-added-row-alone": "An #RTRANS without its twin #TRANS; it is counted once.",
    "sie-amount-form": "Amounts with decimal comma or spaces, where the standard says point.",
    "sie-object-split": "Month totals or budget with object rows only, whose dimensions have "
    "different sums: the lowest dimension is counted, what lacks it is not.",
    "sie-control-difference": "The file against itself: opening balance and rows do not give the "
    "closing balance or result that it states.",
    "sie-control-month": "The file against itself: a month's rows do not give the month total "
    "that it states.",
}
