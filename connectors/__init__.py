"""Strangers' shapes in, figures out: mappings of files, the event codec, calendars, HTTP, metrics."""
