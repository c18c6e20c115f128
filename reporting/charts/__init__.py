"""The reports' figures as pictures: what is drawn (exact), how it is told, how it is drawn.

Data flow: a projection -> a function of `money`, `plans` or `people` (one a figure, registered in
`registry`) -> `picture.Chart`: a table with what is drawn, the drawing in exact numbers, and words
that say the same to who does not see it -> `drawing`: Vega-Lite, SVG, PNG. Numbers are `Decimal`
up to `drawing`, which alone makes floats of them, for nobody reads money off a screen's points.
"""
