"""My tasks on a phone: a small page of our own that works where the network does not."""
