"""The data scientist's bench: what a training is asked, and how it is followed and stopped."""
