"""How pages put things on the screen: the frame around every page, tables, cards, printing."""
