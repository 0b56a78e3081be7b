"""The person's kept drawings: looking at them, and changing what they are kept as."""
