"""The journal: record types, edits, readings, links and dates; plain data in, plain data out."""
