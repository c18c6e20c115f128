"""The command ``ledger``: parsing and printing, one module a group of commands.

Nothing is computed here. A command gathers what was asked, calls the package that knows, and
prints the table that comes back. Heavy libraries load inside the commands that need them.
"""
