"""What people read: tables now, whole reports later.

A projection's frame becomes a `reporting.tables.Table`, and a table is rendered as text, JSON or
CSV. Words come from one catalogue in Swedish and English; amounts are öre until the moment they
are shown, and are rounded there once.
"""
