"""The study: a whole invented county is audited against its sealed truth.

It reads what the product wrote (alerts and their events, scores, risks) and what is true, and
computes every figure by itself, so that it can contradict the product's own pages.
"""
