"""sse-tui: a full-screen terminal program for Server-Sent Events."""

__version__ = "0.1.0"
