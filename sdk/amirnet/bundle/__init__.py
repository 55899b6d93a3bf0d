"""What phones mirror too: a sealed bundle, found, verified and read. The standard library and `runtime` only."""
