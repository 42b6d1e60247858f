"""Facts about what PostgreSQL, its extensions and Supabase bring along."""
