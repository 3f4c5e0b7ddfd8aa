"""What leaders steer by: load, lateness, days per step, reports upwards; all from the record."""
