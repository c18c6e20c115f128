"""Reports as documents: sections in order, each from the events, then written as HTML and Excel.

Data flow: `sections` (one function a section) -> `interim` and its sisters (which sections a
report holds, in order; `registry` names the reports) -> `document` (title page, blocks, colophon)
-> `html` and `excel`. A new section is one function, and a `Part` where it stands in its report; a
new report is a module with its parts and a line in `registry`. The writers know nothing of what a
section is about. The same store, question and language give the same bytes.
"""
