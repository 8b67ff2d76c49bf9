"""`chiso topics`: what the topology wants, and what the broker has."""

import sys

import typer

from streams.cli.asking import Home, Json, print_json, print_table

FINDINGS = 6


def plan(home: Home = None, as_json: Json = False) -> None:
    """List the topics as they are to be, and why."""
    from streams.admin import count
    from streams.settings import load
    from streams.topology import TOPICS

    settings = load(home=home)
    found = [{"topic": topic.name, "partitions": count(topic, settings), "config": topic.config, "why": topic.why} for topic in TOPICS]
    if as_json:
        print_json(found)
    else:
        print_table(
            "Topics", ["topic", "what", "partitions"], [[topic.name, topic.why, str(count(topic, settings))] for topic in TOPICS], left=2
        )


def apply(home: Home = None) -> None:
    """Make the topics that are missing; never changes one that exists."""
    from streams.addresses import resolve
    from streams.admin import ensure_topics
    from streams.settings import load

    settings = load(home=home)
    made = ensure_topics(resolve(settings).kafka, settings)
    sys.stderr.write(f"made {', '.join(made)}\n" if made else "all topics exist\n")


def check(home: Home = None, as_json: Json = False) -> None:
    """Compare the broker with the plan; ends with 6 where they differ."""
    from streams.addresses import resolve
    from streams.admin import missing
    from streams.settings import load

    settings = load(home=home)
    found = missing(resolve(settings).kafka, settings)
    if as_json:
        print_json([{"topic": finding.topic, "message": finding.message, "fatal": finding.fatal} for finding in found])
    for finding in found:
        sys.stderr.write(f"{finding.topic} {finding.message}\n")
    raise typer.Exit(FINDINGS if found else 0)


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Topics: what is wanted, what there is.")
    group.command()(plan)
    group.command()(apply)
    group.command()(check)
    app.add_typer(group, name="topics")
