"""Department files sent from a browser: in pieces, so that a broken line costs a piece."""
