"""The division's interim report (delårsrapport): its sections in order."""

from __future__ import annotations

from reporting.report import sections
from reporting.report.document import Part, heading

#: The report, chapter by chapter.
PARTS: tuple[Part, ...] = (
    Part("summary", 1, sections.summary),
    Part("economy", 1, heading),
    Part("result", 2, sections.result),
    Part("cost_development", 2, sections.cost_development),
    Part("follow_up", 2, sections.follow_up),
    Part("forecast", 2, sections.forecast),
    Part("risks", 2, sections.risks),
    Part("round", 2, sections.round_by_line),
)
