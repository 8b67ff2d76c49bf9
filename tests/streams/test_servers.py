"""Servers of one's own: whoever was faster at the port is not taken for them."""

from pathlib import Path

import pytest

from indicators.errors import ChisoError
from streams.servers import kafka as kafka_server
from streams.servers import valkey as valkey_server


@pytest.mark.redis
def test_another_store_at_the_port_is_not_ours(valkey: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = int(valkey.rpartition(":")[2].partition("/")[0])
    monkeypatch.setattr(valkey_server, "free_port", lambda *_: taken)
    child, url = valkey_server.start(tmp_path)
    assert valkey_server.answers(url)
    with pytest.raises(ChisoError, match="did not start"):
        valkey_server.wait(child, url)
    assert not child.alive


@pytest.mark.broker
def test_another_broker_at_the_port_is_not_ours(kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, free = int(kafka.rpartition(":")[2]), kafka_server.free_port
    monkeypatch.setattr(kafka_server, "free_port", lambda host, wanted: taken if wanted == kafka_server.PORT else free(host, wanted))
    child, address = kafka_server.start(tmp_path)
    assert kafka_server.answers(address)
    with pytest.raises(ChisoError, match="did not start"):
        kafka_server.wait(child, address, tmp_path)
    assert not child.alive
