"""Everything that can go wrong, in words: vault, records, meeting."""
