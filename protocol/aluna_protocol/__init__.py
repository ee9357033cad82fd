"""The protocol of Aluna Sync: pure rules, without input, output, clock or randomness.

Everything here takes events, time and random bytes as arguments and returns values or effects.
`protocol/SPEC.md` is normative; the modules cite its sections.
"""
