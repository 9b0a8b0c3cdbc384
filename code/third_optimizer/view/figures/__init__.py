"""Charts as the book draws them, the figure with dials, the map, and sentences that say computed numbers."""
