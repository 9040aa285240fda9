"""The one async client service."""
