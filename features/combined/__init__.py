"""Features that rest on several feeds: income, the roster, what indicators ask, days of facts."""
