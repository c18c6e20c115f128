"""The smaller reports: the month on two pages, people, production, internal control.

They are made of the interim report's sections.
"""

from __future__ import annotations

from reporting.report import followed, people, sections
from reporting.report.attached import attachments
from reporting.report.document import Part, heading

MONTHLY: tuple[Part, ...] = (
    Part("summary", 1, sections.summary, told=True),
    Part("result", 1, sections.result, charts=("result_by_month",)),
    Part("lines", 1, sections.result_by_line),
    Part("cost_development", 1, sections.cost_development, charts=()),
    Part("staffing", 1, people.overview),
)
PERSONNEL: tuple[Part, ...] = (
    Part("people", 1, heading, told=True),
    Part("scorecard_people", 1, followed.scorecard("people")),
    Part("staffing", 1, people.overview),
    Part("worked_time", 1, people.worked),
    Part("headcount", 1, people.headcount),
    Part("extra_time", 1, people.extra_time),
    Part("sick_leave", 1, people.sick_leave),
    Part("attachments", 1, attachments),
)
PRODUCTION: tuple[Part, ...] = (
    Part("operations", 1, heading, told=True),
    Part("scorecard_operations", 1, followed.scorecard("operations")),
    Part("production", 1, followed.production),
    Part("patient_board", 1, followed.patient_board),
    Part("assignments", 1, followed.assignments),
    Part("attachments", 1, attachments),
)
CONTROL: tuple[Part, ...] = (
    Part("control", 1, followed.internal_control),
    Part("attachments", 1, attachments),
)
