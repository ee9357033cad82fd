"""A second reader of the protocol, written from SPEC.md alone.

It imports nothing of `aluna_protocol`: only the standard library, PyNaCl and msgpack. It is small,
slow and reads only; what it is for is to show that the specification and the vectors suffice.
"""
