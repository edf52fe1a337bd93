"""Files taken in through the browser: uploaded, mapped, looked at, written by the worker, and their reports."""
