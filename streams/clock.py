"""The one place that reads the clock. `CHISO_NOW` sets a test clock: it starts there and runs on."""

import datetime as dt
import os
import time
from functools import cache


@cache
def _shift() -> float:
    wanted = os.environ.get("CHISO_NOW")
    return dt.datetime.fromisoformat(wanted).timestamp() - time.time() if wanted else 0.0


def now() -> float:
    """Seconds since 1970."""
    return time.time() + _shift()
