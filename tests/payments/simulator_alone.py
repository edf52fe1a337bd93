"""Runs the simulated provider without the rest of the house: `flask simulate gateway` reads all of it first, two seconds for each start."""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def main(port: str, books: str, secret: str, hooks: str) -> None:
    """Serve until killed."""
    sys.path.insert(0, str(ROOT))
    house = types.ModuleType("logistics")
    house.__path__ = [str(ROOT / "logistics")]
    sys.modules["logistics"] = house
    from logistics.payments.gateways.simulator.serving import serve

    serve(host="127.0.0.1", port=int(port), books=Path(books), secret=secret, hooks=hooks, shop="Lamp & Son")


if __name__ == "__main__":
    main(*sys.argv[1:])
