"""`python -m streams.cli` is `chiso`."""

from streams.cli import main

main()
