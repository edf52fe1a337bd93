"""Reads for programs and for the pages about their keys, by what they are about."""
