"""The Retrain page: ask for a training, follow it, stop it, see what came of it."""
