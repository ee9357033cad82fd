"""A whole network of real devices from one seed: hostile wire, crashes, backups, one liar."""
