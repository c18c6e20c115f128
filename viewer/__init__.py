"""A read-only view of the record in the browser, for those who do not use the command line.

Here will stand server-rendered pages in which every figure clicks through to the events that it
sums, every event shows its proof, and a slider chooses the known-at time. It will listen on
loopback by default, demand a token for anything else, and fetch nothing from the network.

It comes in a later version, as ``ledger serve``. The viewer shows what ``reporting`` makes and
records nothing.
"""
