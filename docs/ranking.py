"""The provinces' ranking of a period, from the indicator topic alone: `python docs/ranking.py 127.0.0.1:9092 2026-11`."""

import json
import sys

from kafka import KafkaConsumer

bootstrap, period = sys.argv[1:3]
current = {}  # the last record of a key holds
topic = KafkaConsumer("chiso.indicator.current.v1", bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=3000)
for record in topic:
    current[record.key.decode()] = json.loads(record.value)
totals = [one for key, one in current.items() if key.endswith(f":{period}:TOTAL") and one["rank"] and "." not in one["unit"]]
for one in sorted(totals, key=lambda one: (one["rank"], one["unit"])):
    print(one["rank"], one["unit"], one["score"])
