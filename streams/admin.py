"""Topic administration by kafka-python: what the topology wants, what the broker has, and the difference."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from indicators.errors import UnreachableError
from streams.adminclient import admin_client
from streams.settings import Settings
from streams.topology import TOPICS, Topic

BOOTSTRAP_MS = 5_000
TIMEOUT_MS = 10_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between the topology and the broker: the topic, and in words what is wrong."""

    topic: str
    message: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Broker:
    """What the admin client sees of a cluster: its id, and topics by name (id and partition count)."""

    cluster: str
    topics: dict[str, tuple[str, int]]


@contextmanager
def _admin(bootstrap: str) -> Iterator[Any]:
    try:
        client = admin_client(
            bootstrap_servers=bootstrap, bootstrap_timeout_ms=BOOTSTRAP_MS, request_timeout_ms=TIMEOUT_MS, client_id="chiso-admin"
        )
    except (KafkaError, OSError):
        raise UnreachableError(f"Kafka at {bootstrap} does not answer; is it running? `chiso up` brings its own") from None
    try:
        yield client
    except KafkaError as error:
        raise UnreachableError(f"Kafka at {bootstrap} failed: {type(error).__name__}") from None
    finally:
        client.close()


def look(bootstrap: str) -> Broker:
    """Cluster id and topics. Raises UnreachableError."""
    with _admin(bootstrap) as client:
        cluster = client.describe_cluster()["cluster_id"]
        topics = {t["name"]: (str(t["topic_id"]), len(t["partitions"])) for t in client.describe_topics() if not t.get("error_code")}
    return Broker(cluster, topics)


def count(topic: Topic, settings: Settings) -> int:
    """How many partitions the topic is to have."""
    return topic.partitions or settings.partitions


def _configs(bootstrap: str, topics: list[Topic]) -> dict[str, dict[str, str]]:
    """By topic: what the broker has of the settings that the topology sets; nothing of a topic whose settings it does not tell."""
    wanted = [ConfigResource(ConfigResourceType.TOPIC, topic.name, list(topic.config)) for topic in topics]
    with _admin(bootstrap) as client:
        found = client.describe_configs(wanted, config_filter="all").get("topic", {})
    return {name: {setting: str(one["value"]) for setting, one in settings.items()} for name, settings in found.items()}


def _altered(topic: Topic, have: dict[str, str]) -> Iterator[Finding]:
    """Settings that are others than wanted; a stricter one too, for somebody set it and the topology does not know."""
    if not have:
        yield Finding(topic.name, "does not tell its settings; allow DescribeConfigs on it to whoever runs the check")
        return
    for setting, wanted in topic.config.items():
        if have.get(setting) != wanted:
            told = f"has {setting}={have.get(setting)}, wanted {wanted}"
            yield Finding(
                topic.name, f"{told}: alter it with Kafka's own kafka-configs, for `chiso topics apply` changes no topic that exists"
            )


def missing(bootstrap: str, settings: Settings) -> list[Finding]:
    """Every difference, topics with another partition count as fatal: that count is fixed for a topic's life. Only `topics check` asks; a start does not."""
    have = look(bootstrap).topics
    configs = _configs(bootstrap, [topic for topic in TOPICS if topic.name in have])
    found: list[Finding] = []
    for topic in TOPICS:
        wanted = count(topic, settings)
        if topic.name not in have:
            found.append(Finding(topic.name, f"is missing (wanted: {wanted} partitions)"))
        elif have[topic.name][1] != wanted:
            found.append(
                Finding(
                    topic.name, f"has {have[topic.name][1]} partitions, wanted {wanted}: a topic's count is fixed for its life", fatal=True
                )
            )
        if topic.name in have:
            found += _altered(topic, configs.get(topic.name, {}))
    return found


def ensure_topics(bootstrap: str, settings: Settings) -> list[str]:
    """Makes the topics that are missing and names them. Raises UnreachableError."""
    with _admin(bootstrap) as client:
        have = set(client.list_topics())
        new = [t for t in TOPICS if t.name not in have]
        for topic in new:
            wanted = NewTopic(topic.name, count(topic, settings), settings.replication, topic_configs=topic.config)
            try:
                client.create_topics([wanted], wait_for_metadata=True)
            except TopicAlreadyExistsError:
                continue
    return [topic.name for topic in new]
