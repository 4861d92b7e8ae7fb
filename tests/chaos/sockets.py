"""Who listens on which address, from /proc."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

_LISTEN = "0A"


def listening(pids: Iterable[int]) -> list[IPv4Address | IPv6Address]:
    """The addresses on which these processes take connections over a network."""
    return [address for address, _ in doors(pids)]


def doors(pids: Iterable[int]) -> list[tuple[IPv4Address | IPv6Address, int]]:
    """The same with the port of each."""
    inodes = {inode for pid in pids for inode in _inodes(pid)}
    found = []
    for table in ("tcp", "tcp6"):
        lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        for words in map(str.split, lines):
            if words[3] == _LISTEN and words[9] in inodes:
                address, _, port = words[1].partition(":")
                found.append((_address(address), int(port, 16)))
    return found


def _address(hexadecimal: str) -> IPv4Address | IPv6Address:
    """As the kernel writes it: words of four bytes in the order of this machine."""
    raw = bytes.fromhex(hexadecimal)
    count = len(raw) // 4
    return ip_address(struct.pack(f">{count}I", *struct.unpack(f"={count}I", raw)))


def _inodes(pid: int) -> list[str]:
    try:
        links = [os.readlink(entry.path) for entry in os.scandir(f"/proc/{pid}/fd")]
    except OSError:
        return []
    return [link[8:-1] for link in links if link.startswith("socket:[")]
