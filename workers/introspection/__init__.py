"""Reading PostgreSQL's catalogue, one module for each kind of object."""
