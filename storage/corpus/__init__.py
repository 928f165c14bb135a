"""What leaves the archive for analysis: selections, formats, manifests and deltas."""
