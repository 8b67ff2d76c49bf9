"""Alertmanager's configuration: who is told when. It knows weekdays but no Saturday worked in exchange, so working days are written out from the calendar.

What an office should act on waits for its working hours; what keeps the system from being right does not wait.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from indicators.times import date_of, day_of
from indicators.workdays import Calendar
from indicators.workhours import Sessions

BEFORE, AFTER = 2000, 2199  # years of weeks without a day off, around those that are written out
WEEK = "monday:friday"
ZONE = "Asia/Ho_Chi_Minh"
HOURS = "working-hours"

_HEAD = """\
# Written by `chiso alerts build` from connectors/alerts and the calendar of days off (CHISO_CALENDAR): change it there, and build anew.
# Only `receivers` is yours: it stays as it is.
# Grouped by province, so that a bad morning is one message a province, not one an office.
route:
  receiver: operations
  group_by: [alertname, province]
  group_wait: 30s
  group_interval: 15m
  repeat_interval: 24h
  routes:
    # what keeps figures from being right calls at any hour
    - matchers: ['severity="critical"']
      receiver: operations
      repeat_interval: 4h
    - matchers: ['area="domain"']
      receiver: operations
      active_time_intervals: [working-hours]

inhibit_rules:
  # figures that stand still prove nothing about dossiers
  - source_matchers: ['alertname="ChisoPipelineStalled"']
    target_matchers: ['area="domain"']
  # nor does a store that does not answer need saying twice
  - source_matchers: ['alertname="ChisoPipelineStalled"']
    target_matchers: ['alertname="ChisoReadingStale"']
  # a province that is told of all its units; a ministry likewise
  # – but not of what each unit has to mend itself, and of which a province always has some
  - source_matchers: ['kind=~"province|ministry"', 'alertname!~"ChisoApologyOwed|ChisoSourceSilent|ChisoOffRecord"']
    target_matchers: ['kind!~"province|ministry"']
    equal: [alertname, province]
  # an office that is overdue already need not be told what is due soon
  - source_matchers: ['alertname="ChisoDossiersOverdue"']
    target_matchers: ['alertname="ChisoDossiersDueSoon"']
    equal: [unit]
  # who lost a grade lost points
  - source_matchers: ['alertname="ChisoGradeLost"']
    target_matchers: ['alertname="ChisoScoreDrop"']
    equal: [unit]
  # of one thing the worse is said
  - source_matchers: ['severity="critical"', 'alertname=~"Chiso.+"']
    target_matchers: ['severity="warning"']
    equal: [alertname]

"""

_RECEIVERS = """\
receivers:
  # nothing leaves the house until an address is given; alerts stand at Alertmanager's own page. For instance:
  #   webhook_configs:
  #     - url: http://127.0.0.1:8080/alerts
  #       http_config: {authorization: {credentials_file: /etc/alertmanager/secrets/webhook_token}}
  #   email_configs:
  #     - {to: truc@example.vn, from: chiso@example.vn, smarthost: "mail:587", auth_username: chiso, auth_password_file: /etc/alertmanager/secrets/mail}
  - name: operations
"""


def written_out(calendar: Calendar) -> range:
    """Years whose working days are written out: around the last one that is confirmed, so that the same calendar writes the same file at any time."""
    last = max(calendar.confirmed)
    return range(last - 1, last + 3)


def config(calendar: Calendar, sessions: Sessions, years: Sequence[int], before: str = "") -> str:
    """The file. `years`, in a row, are written out day by day; others have plain weeks. Receivers are kept as they stand in the file `before`."""
    kept = re.search(r"^receivers:\n(?:[ #].*\n|\n)+", before, re.MULTILINE)
    receivers = kept[0].rstrip("\n") + "\n" if kept else _RECEIVERS
    return _HEAD + receivers + "\ntime_intervals:\n" + "\n".join(_intervals(calendar, sessions, years)) + "\n"


def _intervals(calendar: Calendar, sessions: Sessions, years: Sequence[int]) -> Iterator[str]:
    opened = zip(sessions.opens, sessions.closes, strict=True)
    times = ", ".join(f'{{start_time: "{_hour(first)}", end_time: "{_hour(last)}"}}' for first, last in opened)
    tail = f"times: *hours, location: {ZONE}}}"
    yield f"  - name: {HOURS}"
    yield "    time_intervals:"
    yield f'      - {{years: ["{BEFORE}:{years[0] - 1}", "{years[-1] + 1}:{AFTER}"], weekdays: ["{WEEK}"], times: &hours [{times}], location: {ZONE}}}'
    for year in years:
        yield f"      # {year}, {'as announced' if year in calendar.confirmed else 'not announced yet: by custom'}"
        for month in range(1, 13):
            spans = ", ".join(f'"{first}:{last}"' for first, last in _spans(calendar, year, month))
            if spans:
                yield f'      - {{years: ["{year}"], months: ["{month}"], days_of_month: [{spans}], {tail}'


def _spans(calendar: Calendar, year: int, month: int) -> Iterator[tuple[int, int]]:
    """First and last day of working days in a row."""
    first = day_of(dt.date(year, month, 1))
    days = range(first, day_of(dt.date(year + month // 12, month % 12 + 1, 1)))
    for worked, row in groupby(days, calendar.is_workday):
        if worked:
            found = [date_of(day).day for day in row]
            yield found[0], found[-1]


def _hour(second: int) -> str:
    return f"{second // 3600:02}:{second % 3600 // 60:02}"
