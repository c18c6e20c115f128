"""A report as a Word document, from a template that the controller owns.

The template is an ordinary .docx: its styles, margins, headers and logotype are the document's.
Where it says ``{{ title }}`` and the like, the report's words are put in (docxtpl); the paragraphs
``{{ contents }}`` and ``{{ body }}`` give way to the contents and to the report itself, written in
the template's styles (`STYLES`). A table too wide for the page gets a page lying down.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.errors import TemplateRefused
from reporting.catalogue import label
from reporting.office import dated, sealed
from reporting.render import printable
from reporting.report import word_parts as parts
from reporting.report.document import Document

if TYPE_CHECKING:
    from docx.document import Document as Docx

#: The styles that a template must have: of paragraphs, and of tables.
STYLES = (
    *("Heading 1", "Heading 2", "Heading 3", "Normal", "Caption", "TOC Heading", "toc 1", "toc 2"),
    *("Report Lead", "Report Cell", "Report Figure", "Report Note", "Report Picture"),
    "Report Table",
)
#: What stands for the contents and the body while the template is filled in.
_MARKS = {name: f"\ue000{name}\ue001" for name in ("contents", "body")}
_LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}
DEFAULT = Path(__file__).with_name("templates") / "report.docx"


def to_word(document: Document, template: Path | None = None) -> bytes:
    """The document's bytes, by the template or the one of the product.

    Raises `TemplateRefused` for a file that is no template: not Word's, without one of `STYLES`
    or of the paragraphs ``{{ contents }}`` and ``{{ body }}``, or with words that are not offered.
    """
    docx = _filled(document, template or DEFAULT)
    _properties(docx, document)
    writer = parts.Writer(docx, document)
    for name, write in (("contents", writer.contents), ("body", writer.body)):
        mark = _marked(docx, name, template)
        write(mark)
        mark._p.getparent().remove(mark._p)
    loose = io.BytesIO()
    docx.save(loose)
    return sealed(loose.getvalue(), document.recorded_at)


def _filled(document: Document, path: Path) -> Docx:
    """The template with the report's words put in."""
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    try:
        template = DocxTemplate(io.BytesIO(path.read_bytes()))
        template.init_docx()
    except OSError as error:
        raise TemplateRefused(
            f"{path} cannot be read: {error.strerror}.", "Choose another --template FILE."
        ) from error
    except Exception as error:  # zipfile, python-docx and lxml each have their own
        raise _refused(f"{path} is no Word document (.docx).") from error
    names = {style.name for style in template.docx.styles}
    lacking = [name for name in STYLES if name not in names and name.lower() not in names]
    if lacking:
        raise _refused(f"{path} lacks the style {lacking[0]!r}.")
    words = _words(document)
    environment = SandboxedEnvironment(undefined=StrictUndefined)
    try:
        template.render(words, jinja_env=environment, autoescape=True)
    except TemplateError as error:
        known = ", ".join(sorted(words))
        found = f"{path} says what cannot be put in ({error}); known: {known}."
        raise _refused(found) from error
    docx: Docx = template.docx
    return docx


def _refused(found: str) -> TemplateRefused:
    return TemplateRefused(found, "`ledger report template -o FILE` writes one to start from.")


def _words(document: Document) -> dict[str, Any]:
    """What a template may ask for."""
    lang = document.lang
    return {
        "title": printable(document.title),
        "organisation": printable(document.cover.pairs[0][1]),
        "cover": [{"name": printable(k), "value": printable(v)} for k, v in document.cover.pairs],
        "simulated": label("note.simulated", lang) if document.simulated else "",
        "contents_heading": label("report.contents", lang),
        "page": label("report.page", lang),
        "colophon": [printable(line) for line in document.colophon],
        **_MARKS,
    }


def _marked(docx: Docx, name: str, path: Path | None) -> Any:
    """The paragraph that stands for the contents or the body, and says nothing else."""
    for paragraph in docx.paragraphs:
        if paragraph.text.strip() == _MARKS[name]:
            return paragraph
    raise _refused(f"{path or DEFAULT} has no paragraph {{{{ {name} }}}} of its own.")


def _properties(docx: Docx, document: Document) -> None:
    """Title, author, language and dates; nothing of who ran the command."""
    told, moment = docx.core_properties, dated(document.recorded_at)
    told.title, told.subject = printable(document.title)[:255], ""
    told.author = told.last_modified_by = printable(document.cover.pairs[0][1])[:255]
    told.language, told.comments, told.keywords = _LANGUAGES[document.lang], "", ""
    told.created = told.modified = moment
    told.revision = 1
    parts.spoken(docx, _LANGUAGES[document.lang])
