"""Rung 9: telling people: messages written with the change they are about, sent by the worker."""
