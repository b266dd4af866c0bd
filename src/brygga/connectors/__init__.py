"""One folder per foreign system, and the contract they all keep."""
