"""What networks cost and how good they are, side by side, and the published tables, run again."""
