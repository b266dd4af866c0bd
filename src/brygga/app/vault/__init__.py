"""The only place where a secret is in the clear: encryption at rest, and masks for logs."""
