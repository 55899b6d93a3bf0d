"""Core ML: a package of files a model, one tile size, float16; run by Core ML on Apple systems, and read back and
computed operation by operation by the reference executor everywhere else."""
