"""The degradation tree: growing it while training, and what is stored of it."""
