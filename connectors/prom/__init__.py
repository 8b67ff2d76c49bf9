"""Enough of Prometheus' query API that Grafana takes lists of dossiers from `chiso serve` without a plug-in."""
