"""Python's own: photo files in and out, with all that they say beside pixels."""
