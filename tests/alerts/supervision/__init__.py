"""What leaders steer by."""
