"""Both sides laid beside each other: what differs, why it probably does, and what is done about it."""
