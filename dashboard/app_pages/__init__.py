"""The pages, a folder each: the file of the same name draws it, from the modules beside it."""
