"""Use cases for console and command line alike, run inside a tenant's scope.

Each function says who asks, answers with plain data, and raises the errors of `domain/errors.py`
with a sentence for that person. Everything done by hand is written down with who and why.
"""
