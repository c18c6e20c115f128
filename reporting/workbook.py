"""Excel workbooks as bytes: the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl import Workbook

#: The time of every part of the archive.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def packed(workbook: Workbook, recorded_at: str) -> bytes:
    """The workbook's bytes, its parts in order and of one time; the document is dated
    ``recorded_at`` (ISO), which is when what it shows was known."""
    moment = datetime.fromisoformat(recorded_at).astimezone(UTC).replace(microsecond=0, tzinfo=None)
    workbook.properties.created = moment
    loose = io.BytesIO()
    workbook.save(loose)
    dated = f"{moment.isoformat()}Z".encode()
    firm = io.BytesIO()
    with zipfile.ZipFile(loose) as parts, zipfile.ZipFile(firm, "w") as archive:
        for name in sorted(parts.namelist()):
            data = parts.read(name)
            if name == "docProps/core.xml":  # openpyxl dates the change itself
                data = _MODIFIED.sub(rb"\g<1>" + dated + rb"\g<2>", data)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, data)
    return firm.getvalue()
