"""What each department comes to know, when, and the files it sends. One module per feed."""
