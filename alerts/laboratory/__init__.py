"""The threshold laboratory: what other rules, cut-offs and capacities would have done."""
