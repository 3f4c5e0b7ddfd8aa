"""The page of explanations: what moves a version of the model, and how steady its reasons are."""
