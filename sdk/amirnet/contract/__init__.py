"""A second reading of CONTRACT.md in plain Python, and the vectors that it writes into sdk/contract/vectors.

Each module works out a clause's numbers as the clause says them, slowly, without numpy and without a line of the
runtime, so that a vector is not what the runtime happens to give. `python -m amirnet.contract.write` writes them. It
needs the source tree, and is not in the wheel.
"""
