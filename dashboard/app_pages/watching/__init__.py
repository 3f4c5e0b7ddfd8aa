"""The page that watches the model between trainings."""
