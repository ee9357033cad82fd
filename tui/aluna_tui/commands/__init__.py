"""The command line: one module per family of verbs, imported when one of its verbs runs."""
