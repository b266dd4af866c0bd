"""What every simulator shares: faults, control routes, a clock, storage and a server."""
