"""Waiting for something to become true, with a limit and a telling failure."""

import time


class NotInTime(AssertionError):
    """What was waited for did not happen."""


def eventually(condition, what, seconds=15.0, every=0.1):
    """Calls `condition` until its result is true, and returns that; fails with its last result.

    An assertion that fails inside `condition` counts as "not yet".
    """
    limit = time.monotonic() + seconds
    while True:
        try:
            result = condition()
        except AssertionError as failure:
            result, last = None, failure
        else:
            last = result
        if result:
            return result
        if time.monotonic() > limit:
            raise NotInTime(f"not within {seconds} s: {what}; last seen: {last!r}")
        time.sleep(every)
