"""__TITLE__: what this connector does and does not do, in two or three sentences."""
