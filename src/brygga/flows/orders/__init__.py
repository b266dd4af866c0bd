"""Orders on their way from shop to ERP: decide, compose, control, send, settle, tell the shop."""
