"""Why: what made the network answer so, what it does without some of its channels, and what its filters look for."""
