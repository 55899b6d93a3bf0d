"""`python -m amirnet` is the command `amirnet`."""

from amirnet.cli import main

main()
