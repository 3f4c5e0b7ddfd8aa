"""A risk model as MLflow's users know it: loads without Doudi, and says what it was made from."""
