"""Grafana boards as code, one direction: signals (every number, once) → panels → boards → files of two languages."""
