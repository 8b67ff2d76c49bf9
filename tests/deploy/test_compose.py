"""docker-compose.yml: valid, closed by default, and its commands are those that start the real programs here."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from streams.servers import kafka as kafka_server
from streams.servers import valkey as valkey_server
from streams.servers.tether import end
from tests.system.programs import alertmanager, answers, found, free_port, prometheus, running, until

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = {"topics", "units"}


def test_the_file_follows_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(ROOT / "docker-compose.yml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


def test_everything_a_room_needs_is_there() -> None:
    assert set(SERVICES) == {"kafka", "valkey", *ONCE, "worker-1", "worker-2", "serve", "prometheus", "alertmanager", "grafana"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_pinned_unprivileged_watched_and_closed(name: str) -> None:
    service = SERVICES[name]
    image, _, tag = service["image"].rpartition(":")
    assert image
    assert tag[:1].isdigit() or tag[0] == "v"
    assert service["user"].split(":")[0] != "0"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("read_only") or name == "kafka"  # its image writes its own configuration
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert "healthcheck" in service or name in ONCE
    assert not any("PASSWORD" in key and not key.endswith("__FILE") for key in service.get("environment", {}))


def test_secrets_are_files_that_git_never_sees() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for secret in COMPOSE["secrets"].values():
        assert Path(secret["file"]).parent == Path("deploy/secrets")
    assert "deploy/secrets/" in ignored


def test_files_that_are_mounted_exist() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], volume


def test_grafana_is_provisioned_with_what_is_mounted() -> None:
    folder = ROOT / "deploy" / "grafana"
    files = sorted((folder / "provisioning" / "datasources").glob("*.yml"))
    sources = [one for path in files for one in YAML(typ="safe").load(path.read_text("utf-8"))["datasources"]]
    places = {one["uid"]: one["url"] for one in sources}
    assert places == {"chiso-prometheus": "http://prometheus:9090", "chiso-lists": "http://serve:8766/prom"}
    assert len(places) == len({one["name"] for one in sources}) == sum(one["isDefault"] for one in sources) + 1
    boards = [json.loads(path.read_text("utf-8")) for path in folder.glob("boards/*/*.json")]
    used = {target["datasource"]["uid"] for board in boards for panel in board["panels"] for target in panel.get("targets", ())}
    assert used <= set(places)
    mounts = dict(reversed(volume.split(":")[:2]) for volume in SERVICES["grafana"]["volumes"])
    providers = YAML(typ="safe").load((folder / "provisioning" / "dashboards" / "chiso.yml").read_text("utf-8"))["providers"]
    assert len({one["folderUid"] for one in providers}) == len(providers) == 2
    for provider in providers:
        inside = Path(provider["options"]["path"])
        outside = ROOT / mounts[str(inside.parent)] / inside.name
        assert list(outside.glob("*.json"))
    home = Path(SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (ROOT / mounts[str(home.parents[1])] / home.parent.name / home.name).is_file()


def environment(name: str, kafka: str, redis: str, key: Path) -> dict[str, str]:
    """The service's settings, with addresses of this machine in the place of compose's names."""
    here = {"CHISO_KAFKA": kafka, "CHISO_REDIS": redis, "CHISO_PSEUDONYM_KEY_FILE": str(key)}
    assert set(SERVICES[name]["environment"]) == set(here)
    return {**os.environ, **here}


@contextmanager
def valkey_of_compose(folder: Path) -> Iterator[str]:
    """The embedded server with compose's own words."""
    port = free_port()
    words = [word if word != "/data" else str(folder) for word in SERVICES["valkey"]["command"][1:]]
    process = subprocess.Popen([valkey_server.binary(), *words, "--port", str(port), "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL)
    try:
        until(lambda: valkey_server.answers(f"redis://127.0.0.1:{port}/0"))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.broker
@pytest.mark.redis
def test_the_same_commands_run_with_the_real_programs(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(os.urandom(32))
    with ExitStack() as stack:
        redis = stack.enter_context(valkey_of_compose(tmp_path))
        child, kafka = kafka_server.start(tmp_path / "broker", wanted=free_port())  # its own: topics are made here
        stack.callback(end, [child])
        kafka_server.wait(child, kafka, tmp_path / "broker")

        def ended(name: str, words: list[str], **more: str) -> None:
            done = subprocess.run(
                [*chiso(), *words], env=environment(name, kafka, redis, key) | more, capture_output=True, text=True, timeout=60, check=False
            )
            assert done.returncode == 0, done.stderr

        for name in ("topics", "units"):
            ended(name, SERVICES[name]["command"])
        metrics = {}
        for name in ("worker-1", "worker-2", "serve"):
            metrics[name] = free_port()
            own = environment(name, kafka, redis, key) | {"CHISO_METRICS_PORT": str(metrics[name]), "CHISO_HTTP_PORT": str(free_port())}
            command = [
                shutil.which("env") or "env",
                *(f"{one}={value}" for one, value in own.items() if one.startswith("CHISO_")),
                *chiso(),
            ]
            stack.enter_context(
                running([*command, *SERVICES[name]["command"]], tmp_path / f"{name}.log", f"http://127.0.0.1:{metrics[name]}/metrics")
            )
        check = SERVICES["serve"]["healthcheck"]["test"]
        assert check == SERVICES["worker-1"]["healthcheck"]["test"] == ["CMD", "chiso", "healthy"]
        for port in metrics.values():
            until(
                lambda port=port: (
                    subprocess.run([*chiso(), "healthy", f"http://127.0.0.1:{port}/metrics"], capture_output=True, check=False).returncode
                    == 0
                )
            )  # type: ignore[misc]
        alerts = stack.enter_context(alertmanager(tmp_path))
        url = stack.enter_context(
            prometheus(
                tmp_path,
                {"serve": [f"127.0.0.1:{metrics['serve']}"], "worker": [f"127.0.0.1:{metrics['worker-1']}"], "alertmanager": [alerts]},
            )
        )
        assert answers(f"{url}/-/healthy")


def chiso() -> list[str]:
    return [sys.executable, "-m", "streams.cli"]


def test_programs_of_compose_take_the_words_they_are_given() -> None:
    """Options that Debian's versions know too; paths are those of the images."""
    for name, program in (("prometheus", ("prometheus",)), ("alertmanager", ("prometheus-alertmanager", "alertmanager"))):
        path = found("prometheus", *program)
        known = subprocess.run([path, "--help"], capture_output=True, text=True, timeout=30, check=False)
        for word in SERVICES[name]["command"]:
            assert word.split("=")[0] in known.stdout + known.stderr, word
