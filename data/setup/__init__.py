"""Setting up a county: what is asked, what is checked, what is written. Page and command share it.

`codes` knows the shape of region codes, `regions_table` reads a table of townships and villages,
`answers` holds and checks everything that is told about a county, `writing` puts it in the home and
keeps what stood there before.
"""
