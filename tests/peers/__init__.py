"""The real counterparts that tests talk to."""
