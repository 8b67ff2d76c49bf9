"""Notices and the morning digest on their way to people: topic → a queue an address in Redis → webhook or mail."""
