"""The page on which a county is set up."""
