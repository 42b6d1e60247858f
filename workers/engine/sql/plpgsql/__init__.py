"""A PL/pgSQL interpreter that knows the catalogue of the replayed state and nothing else.

It carries out what the catalogue alone decides. Where rows or the environment decide, it takes the
course that an empty database takes and says that it is not certain.
"""
