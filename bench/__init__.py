"""What is fast and what is not: each budget of the architecture next to its floor, in one run."""
