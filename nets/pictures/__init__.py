"""Arrays to pictures: colour, ranges, sheets."""
