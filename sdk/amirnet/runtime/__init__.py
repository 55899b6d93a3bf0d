"""What phones mirror, file by file: all that lies between a photo's pixels, the engine, and the restored pixels.

numpy and the standard library only, and nothing of the other rooms.
"""
