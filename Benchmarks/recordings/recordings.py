"""Records rooms of bots that send numbered pictures, lets things go wrong, and reads from the files what was lost."""

import argparse
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "load"))
import bench  # noqa: E402, F401  (the path of the tests' support)
import disk  # noqa: E402
import kills  # noqa: E402
import start  # noqa: E402
import stores  # noqa: E402

MODES = {"kills": kills, "store-errors": stores, "disk-full": disk, "start": start}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    modes = parser.add_subparsers(dest="mode", required=True)
    for name, mode in MODES.items():
        each = modes.add_parser(name, help=mode.__doc__.splitlines()[0], description=mode.__doc__)
        each.add_argument("--seed", type=int, default=random.randrange(1 << 32))
        each.add_argument("--keep", type=Path, help="a folder for clips, recordings and the server's log")
        mode.add_arguments(each)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="stoa-recordings-") as made:
        folder = options.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        sys.exit(MODES[options.mode].measure(folder, options).status)


main()
