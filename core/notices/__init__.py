"""Short messages that leave the house: where to, what was sent, what failed; no word of a case."""
