"""What each statement does to the replayed state, one module a subject."""
