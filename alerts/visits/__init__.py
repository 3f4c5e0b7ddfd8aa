"""What people write on their phones during a visit: shared drafts, results, conflicts.

A phone works without a network and sends later, perhaps twice, perhaps late. So every operation
has an id made on the phone, and the server keeps what it answered; what a phone writes carries
what it had seen, so that nothing of somebody else's is overwritten in silence.
"""
