"""Explaining a stored version of the risk model: as a whole, and one household more closely.

`overview` says what moves a version on a month's households, `stability` whether its reasons hold,
`neighbours` what became of households like this one, `changes` what help could change.
"""
