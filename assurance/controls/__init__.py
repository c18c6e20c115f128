"""Analytic controls: the whole log looked through for what deserves a second look.

One class a control, one module a subject; importing this package registers them all. A new
control is a class in a module named here, its words in the catalogue (``control``, ``finding``),
and its cases as data in ``tests/assurance/controls/``.
"""

from assurance.controls import (
    amounts,
    budgets,
    digit_laws,
    duplicates,
    given_out,
    habits,
    numbering,
    pairs,
    planned,
    times_and_people,
)
from assurance.controls.control import (
    CONTROLS,
    SEVERITIES,
    BadParameter,
    Control,
    Examined,
    Finding,
    Found,
    NoSuchControl,
    Parameter,
    Result,
    Severity,
    key_of,
)
from assurance.controls.evidence import Evidence
from assurance.controls.running import MATERIAL, TRIVIAL, Materiality, run

__all__ = [
    "CONTROLS",
    "MATERIAL",
    "SEVERITIES",
    "TRIVIAL",
    "BadParameter",
    "Control",
    "Evidence",
    "Examined",
    "Finding",
    "Found",
    "Materiality",
    "NoSuchControl",
    "Parameter",
    "Result",
    "Severity",
    "amounts",
    "budgets",
    "digit_laws",
    "duplicates",
    "given_out",
    "habits",
    "key_of",
    "numbering",
    "pairs",
    "planned",
    "run",
    "times_and_people",
]
