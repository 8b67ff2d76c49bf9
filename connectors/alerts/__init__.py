"""Alerts as code: rules and their words → Prometheus' rules; the calendar → Alertmanager's working hours."""
