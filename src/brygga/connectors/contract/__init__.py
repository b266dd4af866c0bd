"""What every connector promises, and the tools it is given to keep the promise."""
