"""Files of Word and Excel as bytes: the same content gives the same bytes.

Both are zip archives of XML. The libraries that write them stamp the hour of writing into the
document's properties and into the archive; here every part gets one fixed time, the parts stand in
order, and the document is dated by when what it shows was known.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

#: The time of every part of the archive.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_DATES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:(?:created|modified)>)")


def dated(recorded_at: str) -> datetime:
    """A recorded time (ISO) as the properties of a document have it: UTC, whole seconds, naive."""
    return datetime.fromisoformat(recorded_at).astimezone(UTC).replace(microsecond=0, tzinfo=None)


def sealed(
    loose: bytes, recorded_at: str, edit: Callable[[str, bytes], bytes] | None = None
) -> bytes:
    """The archive ``loose`` with its parts sorted and of one time, its properties dated
    ``recorded_at`` (ISO); ``edit`` gets each part's name and bytes and gives its bytes."""
    stamp = f"{dated(recorded_at).isoformat()}Z".encode()
    firm = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(loose)) as parts, zipfile.ZipFile(firm, "w") as archive:
        for name in sorted(parts.namelist()):
            data = parts.read(name)
            if name == "docProps/core.xml":
                data = _DATES.sub(rb"\g<1>" + stamp + rb"\g<3>", data)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, edit(name, data) if edit else data)
    return firm.getvalue()
