"""The Why workspace: explanations of an answer, lesions, and what the network's filters respond to."""
