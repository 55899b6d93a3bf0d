"""The formats of photo files: one class in one file each, and a table of all."""
