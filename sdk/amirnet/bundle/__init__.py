"""What phones mirror too: a sealed bundle, found, verified and read. numpy and the standard library only."""
