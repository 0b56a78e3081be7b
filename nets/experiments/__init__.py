"""The costs and accuracy of networks side by side, and published tables run again."""
