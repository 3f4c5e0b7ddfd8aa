"""The household page: who they are, both voices, the chain of help, acts, personal data."""
