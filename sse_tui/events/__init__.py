"""What an event is and what may be asked of it: no I/O, no framework."""
