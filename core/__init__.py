"""What knows nothing of poverty: the home folder, the database, who may do what, the record."""
