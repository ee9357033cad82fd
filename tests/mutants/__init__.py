"""Mutants of honest changes, bred by the million: what the lint lets through must do no harm.

`python -m mutants` runs as many as asked for, always the same ones for a seed.
"""
