"""The journal of a collective on one device: vault, store, engine, journal and node."""
