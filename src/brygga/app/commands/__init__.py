"""The command line: one module for each group of commands, all lazy so that help comes at once."""
