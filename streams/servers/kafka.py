"""A real Kafka of one's own: one node in KRaft mode, as a child process, data under `home/kafka`."""

import base64
import subprocess
import time
import uuid
from pathlib import Path

from indicators.errors import ChisoError
from streams.servers import jars, java
from streams.servers.ports import free_port
from streams.servers.tether import Child, end

HOST = "127.0.0.1"
PORT = 9092
CONTROLLER_ABOVE = 10_101  # the controller's port above the broker's
START_SECONDS = 60
HEAP = "512m"
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
log.dirs={data}
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=4194304
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.retention.ms=-1
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
"""
LOG4J = """\
Configuration:
  Appenders:
    Console:
      name: console
      PatternLayout:
        pattern: "%d{yyyy-MM-dd HH:mm:ss} %-5p %c{1} - %m%n"
  Loggers:
    Root:
      level: WARN
      AppenderRef:
        ref: console
"""


def start(home: Path, wanted: int = PORT) -> tuple[Child, str]:
    """Starts the broker on the wanted or the next free port; gives the child and its address. `answers` says when it is up."""
    place = home / "kafka"
    place.mkdir(parents=True, exist_ok=True)
    port = free_port(HOST, wanted)
    controller = free_port(HOST, port + CONTROLLER_ABOVE)
    properties, logging = place / "server.properties", place / "log4j2.yaml"
    properties.write_text(PROPERTIES.format(host=HOST, port=port, controller=controller, data=place / "data"))
    logging.write_text(LOG4J)
    run = [
        str(java.find()),
        f"-Xmx{HEAP}",
        f"-Xms{HEAP}",
        "-XX:+UseSerialGC",
        f"-Dlog4j2.configurationFile={logging}",
        "-cp",
        jars.classpath(),
    ]
    if not (place / "data" / "meta.properties").exists():
        _format(run, properties)
    return Child("Kafka", [*run, "kafka.Kafka", str(properties)], home / "logs" / "kafka.log"), f"{HOST}:{port}"


def _format(run: list[str], properties: Path) -> None:
    found = bytearray(uuid.uuid4().bytes)
    found[0] &= 0x7F  # an id that began with a dash would be read as an option
    cluster = base64.urlsafe_b64encode(found).decode().rstrip("=")
    done = subprocess.run(  # noqa: S603 - our own command
        [*run, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise ChisoError(f"Kafka could not lay out its data under {properties.parent}: {' '.join(last)}")


def answers(address: str) -> bool:
    """Whether a broker answers requests there."""
    return cluster(address) is not None


def cluster(address: str) -> str | None:
    """The id of the cluster that answers there; None where none does."""
    from kafka.errors import KafkaError  # noqa: PLC0415

    from streams.adminclient import admin_client  # noqa: PLC0415

    try:
        client = admin_client(bootstrap_servers=address, bootstrap_timeout_ms=500, request_timeout_ms=2_000)
    except (KafkaError, OSError):
        return None
    try:
        found = client.describe_cluster()
        return str(found["cluster_id"]) if found["brokers"] else None
    except (KafkaError, KeyError):
        return None
    finally:
        client.close()


def wait(child: Child, address: str, home: Path, seconds: float = START_SECONDS) -> None:
    """Returns once the one of this home answers, and not somebody else's that was faster at the port. Raises ChisoError where it ends or stays silent."""
    deadline = time.monotonic() + seconds
    ours = (home / "kafka" / "data" / "meta.properties").read_text().splitlines()
    while f"cluster.id={cluster(address)}" not in ours:
        if not child.alive or time.monotonic() > deadline:
            end([child])
            raise ChisoError(f"Kafka did not start: {child.tail()} (the whole log: {child.log})")
        time.sleep(0.1)
