"""JSON intake, channel adapters."""
