"""How a record travels: what moves, when, by which settings, and what became of it."""
