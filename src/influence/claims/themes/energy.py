"""Energy: which lines leave Russia out, who owns them, and whose share of the region's gas crosses Russia."""
