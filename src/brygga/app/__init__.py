"""The Django project: the only layer that knows web, database and process."""
