"""Where a partition's state lives: the keys, the atomic apply, and what readers may ask."""
