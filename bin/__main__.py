"""python -m bin MODULE [arguments]: runs the main of a module of this folder. The shell commands beside it call this.

What the machine refuses is one line and no traceback, and so is Ctrl-C, even while Python still reads the modules.
"""

import sys
from importlib import import_module

MODULES = ("bench", "db", "drift", "install", "launch", "processes")


def main(module: str, arguments: list[str]) -> int:
    """Run a module's main and answer its exit code. Raises SystemExit with the one line that says what is wrong."""
    if module not in MODULES:
        raise SystemExit(f"python -m bin knows {', '.join(MODULES)}, not {module}.")
    try:
        return int(import_module(f"bin.{module}").main(arguments))
    except OSError as error:
        raise SystemExit(f"{error.strerror or error}: {error.filename}" if error.filename else str(error)) from None
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
