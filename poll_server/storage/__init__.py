"""Tables, and the functions that read and write them, on SQLite and PostgreSQL by the same code."""
