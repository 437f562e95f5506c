"""Each caption into one figure with its picture."""
