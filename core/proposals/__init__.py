"""What one person proposes and another approves: a subject, a reason, a decision.

The room knows nothing of models; what is proposed is a kind and a name, and what an approval does
is the business of whoever asks.
"""
