"""Reads a pasted curl command line."""
