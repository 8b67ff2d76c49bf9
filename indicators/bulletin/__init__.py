"""The monthly publication as data: tables, the brief's facts, charts, and what they rest on; without words, files or a clock."""
