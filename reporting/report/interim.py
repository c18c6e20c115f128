"""The division's interim report (delårsrapport): its sections in the order of the printed one."""

from __future__ import annotations

from reporting.report import followed, people, sections
from reporting.report.attached import attachments
from reporting.report.document import Part, heading

#: The report, chapter by chapter.
PARTS: tuple[Part, ...] = (
    Part("summary", 1, sections.summary, told=True),
    Part("balanced", 1, followed.other_perspectives),
    Part("operations", 1, heading, told=True),
    Part("scorecard_operations", 2, followed.scorecard("operations")),
    Part("production", 2, followed.production),
    Part("patient_board", 2, followed.patient_board),
    Part("people", 1, heading, told=True),
    Part("scorecard_people", 2, followed.scorecard("people")),
    Part("staffing", 2, people.overview),
    Part("worked_time", 2, people.worked),
    Part("headcount", 2, people.headcount),
    Part("extra_time", 2, people.extra_time),
    Part("sick_leave", 2, people.sick_leave),
    Part("economy", 1, heading, told=True),
    Part("scorecard_economy", 2, followed.scorecard("economy")),
    Part("result", 2, sections.result),
    Part("variances", 2, sections.variances),
    Part("bridge", 2, sections.bridge),
    Part("cost_development", 2, sections.cost_development),
    Part("follow_up", 2, sections.follow_up),
    Part("forecast", 2, sections.forecast),
    Part("risks", 2, sections.risks),
    Part("action_plan", 2, sections.action_plan),
    Part("measures", 2, heading),
    Part("investments", 2, sections.investments),
    Part("assignments", 1, followed.assignments),
    Part("control", 1, followed.internal_control),
    Part("round", 1, sections.round_by_line),
    Part("attachments", 1, attachments),
)
