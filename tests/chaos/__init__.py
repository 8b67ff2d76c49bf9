"""Faults against a running system: real workers, a real Kafka, a real Valkey behind a proxy that lies, and an independent count of what must stand."""
