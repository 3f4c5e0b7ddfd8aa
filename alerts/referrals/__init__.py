"""Referrals: a need that a visit sent on to another body is followed until that body answers."""
