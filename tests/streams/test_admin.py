"""Topics on a real broker that somebody altered by hand."""

import json
from collections.abc import Iterator

import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from typer.testing import CliRunner

from streams import admin, cli
from streams.settings import Settings
from streams.topology import CHANGES, EVENTS, PUBLICATIONS, SYNC, TOPICS
from tests.system.programs import until

PARTITIONS, SECONDS = 5, 10
BY_HAND = {
    EVENTS: {"message.timestamp.type": "CreateTime"},
    SYNC: {"max.message.bytes": "1048588"},
    PUBLICATIONS: {"cleanup.policy": "compact,delete", "segment.ms": "3600000"},  # of segments the topology says nothing
    CHANGES: {"retention.ms": "60000000"},
}


def check(*words: str) -> tuple[int, str, str]:
    """Exit code and what is said by `chiso topics check`."""
    done = CliRunner().invoke(cli.build(), ["topics", "check", *words])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def altered(kafka: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All topics as they are to be, then some settings by hand; afterwards as before, for others use the same broker."""
    admin.ensure_topics(kafka, Settings(partitions=PARTITIONS))
    monkeypatch.setenv("CHISO_KAFKA", kafka)
    monkeypatch.setenv("CHISO_PARTITIONS", str(PARTITIONS))
    assert check() == (0, "", "")
    client = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, found) for name, found in BY_HAND.items()])
        until(lambda: check()[2].count("\n") == len(BY_HAND), SECONDS)  # a broker hears of it from the controller a little later
        yield
    finally:
        meant = [ConfigResource(ConfigResourceType.TOPIC, topic.name, topic.config) for topic in TOPICS if topic.name in BY_HAND]
        client.alter_configs(meant)
        client.reset_configs([ConfigResource(ConfigResourceType.TOPIC, PUBLICATIONS, {"segment.ms": None})])
        client.close()
        until(lambda: check() == (0, "", ""), SECONDS)


@pytest.mark.broker
@pytest.mark.usefixtures("altered")
def test_settings_that_somebody_altered_are_named_with_what_is_and_what_should_be() -> None:
    code, _, talk = check()
    assert code == 6
    lines = talk.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        f"{SYNC} has max.message.bytes=1048588, wanted 12000000",
        f"{EVENTS} has message.timestamp.type=CreateTime, wanted LogAppendTime",
        f"{CHANGES} has retention.ms=60000000, wanted 2592000000",
        f"{PUBLICATIONS} has cleanup.policy=compact,delete, wanted compact",
    ]
    code, answer, _ = check("--json")
    assert (code, [one["topic"] for one in json.loads(answer)]) == (6, [SYNC, EVENTS, CHANGES, PUBLICATIONS])
    assert not any(one["fatal"] for one in json.loads(answer)), "fatal is what cannot be altered"


def test_a_topic_whose_settings_are_kept_from_the_asker_is_not_passed_off_as_right() -> None:
    [finding] = admin._altered(TOPICS[0], {})
    assert "DescribeConfigs" in finding.message
