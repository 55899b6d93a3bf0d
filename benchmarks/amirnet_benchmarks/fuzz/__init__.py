"""Hostile input: real files, damaged on purpose, opened where they may not crash, hang, or eat the memory."""
