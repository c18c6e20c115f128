"""Internal control: whether the record, and the work behind it, can be relied on.

Here will stand the control plan with its activities, populations and conclusions; sampling
(attribute and monetary-unit sizes, and draws that anyone can draw again); evaluation (upper
deviation limits, the Stringer bound, projected misstatement), each formula with its source; the
analytic controls, one class each, every finding with the events behind it; and the whole-store
verification that also rebuilds the projections.

It comes in a later version. Assurance reads ``projections`` and ``ledger``; ``reporting`` makes
the internal-control table of the interim report from its events.
"""
