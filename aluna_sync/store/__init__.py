"""The encrypted store of one device: entries are the truth, the index can be rebuilt from them."""
