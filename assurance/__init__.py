"""Internal control: whether the record, and the work behind it, can be relied on. ::

    quantities      exact rates and counts, and what refuses them
    distributions   tails and quantiles to any precision
    sampling        how many to look at: attribute and monetary-unit sizes
    draws           which: seeded draws that anyone can make again
    evaluation      what the sample says: upper limits, bounds, estimates
    verification    the whole-store verification that also rebuilds the projections

The plan with its activities and conclusions, the populations, draws and assessments, which are
events, and the analytic controls, one class each, are still to come. Assurance reads
``projections`` and ``ledger``; ``reporting`` makes tables of it.
"""
