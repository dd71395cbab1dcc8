"""Reads the Prometheus text format."""

import urllib.request


def read_metrics(text):
    """Value by series, as written: `name{label="value"}`."""
    series = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            series[name] = float(value)
    return series


def scrape(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return read_metrics(answer.read().decode())
