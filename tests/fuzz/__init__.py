"""Fuzzing of everything that reads bytes of a peer: only `RemoteProtocolError` may come out.

`python -m fuzz --seconds 300` (from the folder `tests`) looks for crashes with atheris, guided by
coverage; the tests here try a little with Hypothesis and try again what was ever found.
"""
