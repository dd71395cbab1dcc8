"""Where things are: the repository, the program under test, what the tests write."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
END_TO_END = ROOT / "Tests" / "EndToEnd"
BINARY = Path(os.environ.get("TEST_BINARY", ROOT / ".build" / "release" / "stoa"))
WEB = Path(os.environ.get("TEST_WEB", ROOT / "web" / "dist"))
# Screenshots, page logs and server logs of the last run.
ARTIFACTS = ROOT / ".build-test" / "artifacts"
