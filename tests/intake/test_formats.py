"""The page on formats says what the code does: kinds, examples, the profile, every code."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from intake.describe import codes_markdown, kinds_markdown
from intake.kinds import KINDS, by_header, plain
from intake.problems import EXPLAIN
from intake.profiles import named
from tests.intake.samples import read, told, write
from tests.ledger.builders import new_store

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("mark", "text"), [("kinds", kinds_markdown()), ("codes", codes_markdown())]
)
def test_the_page_holds_the_tables(mark, text):
    """If not: put what `intake.describe` gives between the marks."""
    between = PAGE.partition(f"<!-- {mark} -->\n")[2].partition("<!-- end -->")[0]
    assert between == text


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_example_reads(kind, tmp_path):
    """Without a problem of its cells, and under Swedish headers as well."""
    store = new_store(tmp_path)
    header, _, body = kind.example.partition("\n")
    swedish = [(kind.column(name).swedish or (name,))[0] for name in header.split(";")]
    for text in (kind.example, ";".join(swedish) + "\n" + body):
        reading = read(store, write(tmp_path, text, f"{kind.name}.csv"))
        assert reading.kind == kind.name
        assert told(reading) == ()
        assert reading.rows == body.count("\n")


def test_no_two_columns_of_a_kind_share_a_name():
    for kind in KINDS.values():
        names = [plain(n) for column in kind.columns for n in {column.name, *column.swedish}]
        assert len(names) == len(set(names)) == len(by_header(kind)), kind.name


def test_the_pages_profile_is_one():
    profile = named(
        tomllib.loads(PAGE.partition("```toml\n")[2].partition("```")[0]), "manadsutfall"
    )
    assert len(profile.months) == 12


#: Calls whose first argument (or, of `Problem` and such, whose text) is a code.
TELLS = {"Problem", "Notice", "Rule", "tell", "wrong", "refuse", "_refuse", "_Wrong"}
TELLS |= {"_wrong_amount", "problem", "warning"}


def codes_in(path: Path) -> set[str]:
    """Codes that a module tells, as text in the calls that tell them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in TELLS:
                first = [node.args[0], *(node.args[1:2] if name == "wrong" else [])]
                found |= {
                    a.value
                    for a in first
                    if isinstance(a, ast.Constant)
                    and isinstance(a.value, str)
                    and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", a.value)
                }
    return found


def test_every_code_is_explained():
    files = [*(ROOT / "intake").rglob("*.py"), *(ROOT / "ledger").rglob("*.py")]
    told = {code: path.name for path in files for code in codes_in(path)}
    assert len(told) > 60
    assert {code: name for code, name in told.items() if code not in EXPLAIN} == {}
    assert {code for code in EXPLAIN if f"| `{code}` |" not in PAGE} == set()
