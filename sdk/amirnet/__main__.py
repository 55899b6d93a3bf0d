"""The command `amirnet`, also as `python -m amirnet`: the one place that can say in one line that there is not enough
memory to begin."""

from __future__ import annotations

import mmap
import os
import sys

from amirnet.errors import NO_MEMORY_TO_START, is_shortage

_LEAST = 150 * 2**20
"""Address space that the base libraries take. Where it is not there, numpy's linear algebra ends the process by itself,
and nothing can be said any more."""


def main() -> None:
    """Run the command line and exit with its status: 2 where it cannot begin for lack of memory."""
    try:
        mmap.mmap(-1, _LEAST).close()
        from amirnet.cli import main as run
    except (ImportError, MemoryError, OSError, SystemError) as error:
        if not is_shortage(error):
            raise
        os.write(2, f"error: {NO_MEMORY_TO_START}\n".encode())
        sys.exit(2)
    run()


if __name__ == "__main__":
    main()
