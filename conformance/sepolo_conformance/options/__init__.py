"""The options of a run: one table for the console script and for pytest, and the parser that makes settings of them."""
