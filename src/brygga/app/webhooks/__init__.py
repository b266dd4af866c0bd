"""The door that systems knock on."""
