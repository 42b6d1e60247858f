"""A throwaway PostgreSQL on which a repair is rehearsed before it is shown."""
