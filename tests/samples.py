"""Real files that tests read: a folder beside the repository, named by LOGISTICS_DATA."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def samples(folder: str) -> Path:
    """The folder of that name. Where it is missing the test is skipped, or fails if LOGISTICS_REQUIRE_DATA=1."""
    place = Path(os.environ.get("LOGISTICS_DATA", ROOT.parent / "shared" / "data")) / folder
    if not place.is_dir():
        if os.environ.get("LOGISTICS_REQUIRE_DATA") == "1":
            pytest.fail(f"{place} is not there, and LOGISTICS_REQUIRE_DATA=1")
        pytest.skip(f"{place} is not there")
    return place
