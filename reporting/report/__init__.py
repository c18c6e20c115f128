"""Reports as documents: sections in order, each from the events, then written as HTML and Excel.

Data flow: `sections` (what a report holds, one function a section) -> `document` (title page,
blocks, colophon) -> `html` and `excel`. A new section is one function in `sections`, registered
where it stands in its report; the writers know nothing of what a section is about. The same store,
question and language give the same bytes.
"""
