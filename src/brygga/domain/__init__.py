"""What we talk about: plain Python, no framework, no HTTP, no vendor's words."""
