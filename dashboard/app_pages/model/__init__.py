"""The Model page: who predicts what, and whether it may be promoted."""
