"""The Precision page: how often alerts were right, what they missed."""
