"""The page of accounts, and of the tokens of other systems."""
