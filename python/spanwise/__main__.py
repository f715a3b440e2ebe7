"""The command line: ``spanwise`` and ``python -m spanwise``."""

from __future__ import annotations

import signal
import sys

from spanwise import _native


def main() -> int:
    """Runs the command with the arguments of the process; gives its exit code."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
