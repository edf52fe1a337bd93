"""The commands a newcomer types, and the launcher behind them. It runs before anything is installed: `python -m bin`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
