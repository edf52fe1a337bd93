"""What programs send and get, as pydantic models: they are read by, they are answered with, and they are the documentation."""
