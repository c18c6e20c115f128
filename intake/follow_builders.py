"""From the values of the kinds in `intake.follow_kinds` and `intake.control_kinds` to the commands
that record them."""

from __future__ import annotations

from typing import Any

from intake.cells import Values
from intake.parts import Builder, Parts
from intake.wishes import ImportOptions
from ledger.families.assignment import RecordAssignments
from ledger.families.commentary import ExplainVariances, RegisterAttachments, WriteCommentary
from ledger.families.control_draw import HoldToSample, ListPopulations, RecordAssessments
from ledger.families.control_plan import (
    RecordControlMeasures,
    RecordControls,
    SetMateriality,
)
from ledger.families.estimate import ReportEstimates
from ledger.families.organisation import Organisation
from ledger.families.scorecard import RecordScorecard
from ledger.families.statistic import RecordStatistics
from ledger.row_commands import RowCommand

#: The command of each kind, and the columns that it knows by another name.
_COMMANDS: dict[str, tuple[type[RowCommand], dict[str, str]]] = {
    "scorecard": (RecordScorecard, {"period": "interval"}),
    "statistic": (RecordStatistics, {"period": "interval", "source": "origin"}),
    "assignment": (RecordAssignments, {}),
    "commentary": (WriteCommentary, {}),
    "variance": (ExplainVariances, {"line": "report_line"}),
    "followup": (ReportEstimates, {"line": "report_line"}),
    "attachment": (RegisterAttachments, {}),
    "control": (RecordControls, {"method": "control_method"}),
    "control_measure": (RecordControlMeasures, {"progress": "measure_progress"}),
    "materiality": (SetMateriality, {}),
    "population": (ListPopulations, {}),
    "assessment": (
        RecordAssessments,
        {"result": "assessment", "consequence": "consequence_text", "measure": "remedy"},
    ),
}


def _builder(command: type[RowCommand], names: dict[str, str]) -> Builder:
    """Rows without unread cells, under the names that the command takes."""

    def build(values: Values, organisation: Organisation, options: ImportOptions) -> Parts:
        rows: list[dict[str, Any]] = [
            {
                **{names.get(n, n): column[place] for n, column in values.by_column.items()},
                "line": line,
            }
            for place, line in enumerate(values.lines)
            if not values.is_unread(place)
        ]
        return Parts([command(tuple(rows), values.file)])

    return build


#: The command that holds what a workbook of ours says against the record, by kind.
HELD_BY: dict[str, type[HoldToSample]] = {"assessment": HoldToSample}

#: The builder of each kind.
FOLLOWED_BUILDERS: dict[str, Builder] = {
    kind: _builder(command, names) for kind, (command, names) in _COMMANDS.items()
}
