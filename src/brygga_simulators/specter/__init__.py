"""A simulated Specter: the Swedish ERP's web-shop API, with a page where its user works by hand.

Public knowledge of the real API has holes. Where this simulator had to choose, `options.py` says
so and lets the choice be changed.
"""
