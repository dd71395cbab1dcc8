"""A network of the tests' own, so that a server may listen on all addresses and nobody reaches it."""

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

CLONE_NEWNET, CLONE_NEWUSER = 0x4000_0000, 0x1000_0000

# Of the only device beside loopback. Firefox does not pair its own addresses with a loopback one, and
# gathers none without a default route.
ADDRESS = "10.77.0.1"

isolated = False


def isolate():
    """Moves this process, which must have one thread, and all it will start into a network namespace.

    Leaves `isolated` false where that is not allowed.
    """
    global isolated
    if not shutil.which("ip"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    before = os.open("/proc/self/ns/net", os.O_RDONLY)
    if libc.unshare(CLONE_NEWNET) != 0:
        if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
            return
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    for command in (
        "link set lo up", "link add stoa0 type veth peer name stoa1", f"addr add {ADDRESS}/24 dev stoa0",
        "link set stoa0 up", "link set stoa1 up", "route add default dev stoa0",
    ):
        if subprocess.run(["ip", *command.split()], stderr=subprocess.DEVNULL).returncode != 0:
            # No such devices in this kernel: back to the network that was there.
            if libc.setns(before, CLONE_NEWNET) != 0:
                raise RuntimeError(f"the network namespace cannot be set up: ip {command}")
            break
    else:
        isolated = True
    os.close(before)
