"""The domain, pure: events, dossier state, the clock of 2.1, day buckets, the fold, periods and figures.

No I/O, no clock, no Kafka, no Redis in here.
"""
