"""Named peers joined by a fake wire: two cores over it are the default test."""
