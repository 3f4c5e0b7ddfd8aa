"""The page of disagreements: where scorecard and model differ most."""
