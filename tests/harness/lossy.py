"""A network that loses and delays packets, for a program in a network namespace of its own.

`python -m tests.harness.lossy LOSS DELAY PROGRAM…` runs in a new namespace (`unshare --net --map-root-user`), makes a
network there and runs the program in it. What is sent to THERE comes back to this machine as if it came from THERE: so
both ends are here, and every packet between them has gone through our hands. The kernel needs no netem for that.
"""

import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

HERE, THERE = "10.99.0.1", "10.99.0.2"
UNSHARE = ("unshare", "--net", "--map-root-user", "--")
PACKET_BYTES = 65_536
_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000


def works() -> bool:
    """Whether this machine allows it."""
    trying = (*UNSHARE, sys.executable, "-m", "tests.harness.lossy", "0", "0", "true")
    try:
        return subprocess.run(trying, check=False, capture_output=True, timeout=30).returncode == 0
    except OSError:
        return False


def _network() -> int:
    """Make the network and return the device on which its packets come and go."""
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", b"lossy", _IFF_TUN | _IFF_NO_PI))
    for command in (
        "link set lo up",
        "link set lossy up mtu 1500",
        f"address add {HERE}/24 dev lossy",
    ):
        subprocess.run(("ip", *command.split()), check=True)
    return device


def _turned(packet: bytes) -> bytes:
    """The packet as from the other end: sums over addresses do not change when these change places."""
    return packet[:12] + packet[16:20] + packet[12:16] + packet[20:]


def _carry(device: int, program: "subprocess.Popen[bytes]", loss: float, delay: float) -> None:
    """Carry packets until the program ends."""
    dice = random.Random(2026)
    waiting: list[tuple[float, int, bytes]] = []
    number = 0
    while program.poll() is None:
        due = waiting[0][0] - time.monotonic() if waiting else 0.1
        if select.select([device], [], [], min(max(due, 0.0), 0.1))[0]:
            packet = os.read(device, PACKET_BYTES)
            if packet[0] >> 4 == 4 and dice.random() >= loss:
                number += 1
                heapq.heappush(waiting, (time.monotonic() + delay, number, _turned(packet)))
        while waiting and waiting[0][0] <= time.monotonic():
            os.write(device, heapq.heappop(waiting)[2])


def main() -> int:
    """Run the program of the command line; gives its exit code."""
    loss, delay, *command = sys.argv[1:]
    device = _network()
    program = subprocess.Popen(command)
    try:
        _carry(device, program, float(loss), float(delay))
    finally:
        if program.poll() is None:
            program.kill()
        program.wait()
    return program.returncode


if __name__ == "__main__":
    sys.exit(main())
