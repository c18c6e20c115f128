"""What is recorded after a report: a thousand events and more, of every family that reports read.

A report asked as it was known before must not change by a byte for any of it.
"""

from contextlib import closing
from pathlib import Path

from typer.testing import CliRunner

import ledger
from cli.main import app
from ledger.commands import Source
from ledger.families.publication import PublishDocument
from ledger.store import Store

#: Postings, and rows of staffing and of the budget.
_MANY = (700, 120, 200)


def record(store: Path, report: str, unit: str, leaf: str, month: str) -> int:
    """Record it in the store, most of the division 60 and its unit ``leaf`` in the closed
    ``month``, which is reopened; last that the report was given out. Gives how many events came."""
    before = ledger.open(store).size
    for family in ("outcome", "staffing"):
        asked = ("--family", family, "--reason", "Senare", "--approved-by", "chef")
        _run(store, "reopen", month, *asked)
    files = []
    for kind, (head, rows) in _files(leaf, month).items():
        files.append(store.parent / f"{kind}-later.csv")
        files[-1].write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    _run(store, "import", *map(str, files))
    _run(store, "close", month, "--family", "outcome")
    with closing(Store(store)) as opened:
        given = PublishDocument(
            report, unit, month, 1, "{}", before, "00" * 32, (("html", "ab"),), 0
        )
        opened.record(given, "controller", Source("ledger report"))
        return opened.book().size - before


def _files(leaf: str, month: str) -> dict[str, tuple[str, list[str]]]:
    """Files by the kind that their name says: the header and its rows."""
    postings, people, budget = _MANY
    months = [f"{month[:4]}-{m:02}" for m in range(1, int(month[5:]) + 1)]
    hours = (("worked", 90), ("ordinary", 100), ("sick", 10), ("overtime", 2), ("permanent", 12))
    return {
        "units": (
            "unit,name,parent,level,valid_from",
            [f"{leaf},Nytt namn,60,unit,{month}"],
        ),
        "settings": ("setting,value", ["report.author,någon annan", "variance.tolerance,1"]),
        "outcome": (
            "period,unit,account,amount,voucher,row,text",
            [
                f"{month},{leaf},{account},{amount},S {n},{row},Senare"
                for n in range(postings // 2)
                for row, (account, amount) in enumerate(
                    (("4010", f"-{n + 1}.50"), ("1930", f"{n + 1}.50")), 1
                )
            ],
        ),
        "budget": (
            "period,unit,account,amount,version,decision",
            [
                f"{months[n % len(months)]},{leaf},4010,-{n + 1}.00,supplementary,RS {n}"
                for n in range(budget)
            ],
        ),
        "staffing": (
            "period,unit,measure,value,personnel_group",
            [
                f"{month},{leaf},{measure},{value + n},senare {n}"
                for n in range(people // len(hours))
                for measure, value in hours
            ],
        ),
        **_followed(months),
    }


def _followed(months: list[str]) -> dict[str, tuple[str, list[str]]]:
    """What is followed up beside the books, in the same form."""
    month = months[-1]
    return {
        "scorecard": (
            "unit,perspective,success_factor,indicator,target,measured_in,direction,period,value",
            [f"60,Ekonomi,Senare,Mått {n},10,st,max,{month},{n}" for n in range(20)],
        ),
        "statistic": (
            "measure,unit,period,value,measured_in,category",
            [f"Senare {n},60,{m},{n},st,drift" for m in months for n in range(5)],
        ),
        "assignment": (
            "assignment,unit,ordered_by,due,progress",
            [f"Senare {n},60,Regionstyrelsen,2021-05-26,open" for n in range(10)],
        ),
        "commentary": (
            "section,unit,period,text",
            [
                f"{section},{unit},{month},Senare än rapporten"
                for section in ("summary", "economy", "result", "people", "events")
                for unit in ("60", "RN")
            ],
        ),
        "variance": (
            "unit,line,period,amount,text,figure",
            [
                f"60,,{month},{n + 1}00000.00,Senare {n},{figure}"
                for figure in ("variance", "forecast_variance")
                for n in range(10)
            ],
        ),
        "risk": (
            "risk,unit,text,probability,consequence,effect",
            [f"Senare {n},60,Senare,3,3,-1000.00" for n in range(10)],
        ),
        "action": (
            "action,unit,action_area,year,assignment,phasing,period,effect,forecast",
            [
                f"Senare {n},60,Personalkostnader,2020,1000.00,even,{month},500.00,1500.00"
                for n in range(10)
            ],
        ),
        "investment": (
            "investment_type,unit,year,frame,period,outcome,decided,forecast",
            [f"Senare {n},60,2020,1000.00,{month},500.00,2020,900.00" for n in range(10)],
        ),
        "attachment": (
            "number,unit,period,title,digest",
            [f"{n},{unit},{month},Senare,{'ab' * 32}" for n in (90, 91) for unit in ("60", "RN")],
        ),
    }


def _run(store: Path, *arguments: str) -> None:
    """A command that is fine, with findings at most."""
    actor = ("--actor", "controller", "--store", str(store))
    done = CliRunner().invoke(app, [*arguments, *actor], prog_name="ledger")
    assert done.exit_code in (0, 1), done.output
