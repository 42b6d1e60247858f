"""What the App does when its surroundings fail: `make faults` prints a table of figures."""
