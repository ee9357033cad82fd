"""Strings and rows made from facts and records: plain data, nothing of the screen library."""
