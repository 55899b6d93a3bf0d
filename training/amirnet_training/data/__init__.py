"""Training images: folders, items, batches."""
