"""How kafka-python's admin client is made here: where Kafka does not answer, nothing of it stays behind.

That of kafka-python 3.0 begins a thread and opens descriptors before it looks for Kafka, and cannot be closed by whoever made it if Kafka is away. A
worker that looked every ten seconds for an hour would have a thousand.
"""

from contextlib import suppress
from typing import Any

from kafka.admin import KafkaAdminClient
from kafka.net.compat import KafkaNetClient


def admin_client(**config: Any) -> KafkaAdminClient:
    """Connected. Raises KafkaError or OSError, with everything closed again."""
    made: list[KafkaNetClient] = []

    def inside(**settings: Any) -> KafkaNetClient:
        made.append(KafkaNetClient(**settings))
        return made[0]

    try:
        return KafkaAdminClient(kafka_client=inside, **config)
    except BaseException:
        for one in made:
            with suppress(Exception):  # it did not work, so it may not know how to end either
                one.close()
        raise
