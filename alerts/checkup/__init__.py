"""Report cards of the indicators: pure functions over stored months and what visits found.

`cards` puts one row per indicator together; `advice` fits the points that findings suggest;
`disagreement` compares scorecard and model; `mean` asks whom the per-capita mean passes over.
Nothing here reads a file: the months come in as tables, cut to the area of whoever asks.
"""
