"""What runs inside the lab of `lab.py`: the agent, the launcher and the sniffer.

A program of the standard library alone, started by path and never imported. Links are made through
rtnetlink directly, so only the kernel (user and network namespaces, `bridge`, `veth`) is needed.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

CLONE_NEWUTS, CLONE_NEWUSER, CLONE_NEWNET = 0x04000000, 0x10000000, 0x40000000
PR_SET_PDEATHSIG = 1

# -- the kernel ------------------------------------------------------------------------------------


def _libc(name: str, *arguments: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _die_with_parent() -> None:
    _libc("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def _own_namespaces() -> None:
    """Leave for a user and network namespace of our own, in which we are root."""
    uid, gid = os.getuid(), os.getgid()
    try:
        _libc("unshare", CLONE_NEWUSER | CLONE_NEWNET)
    except OSError:
        if uid != 0:
            raise
        _libc("unshare", CLONE_NEWNET)  # root of the machine needs no user namespace
        return
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1")


def _enter(pid: int) -> None:
    """Join the namespaces *pid* holds."""
    for kind, flag in (("user", CLONE_NEWUSER), ("uts", CLONE_NEWUTS), ("net", CLONE_NEWNET)):
        there, here = Path(f"/proc/{pid}/ns/{kind}"), Path(f"/proc/self/ns/{kind}")
        if there.readlink() == here.readlink():
            continue
        descriptor = os.open(there, os.O_RDONLY)
        try:
            _libc("setns", descriptor, flag)
        finally:
            os.close(descriptor)


# -- rtnetlink: just enough to lay cables ----------------------------------------------------------

RTM_NEWLINK, RTM_SETLINK, RTM_NEWADDR, RTM_DELADDR = 16, 19, 20, 21
NLM_REQUEST, NLM_ACK, NLM_CREATE, NLM_EXCL = 0x1, 0x4, 0x400, 0x200
NLMSG_ERROR = 2
IFLA_IFNAME, IFLA_MASTER, IFLA_PROTINFO, IFLA_LINKINFO, IFLA_NET_NS_PID = 3, 10, 12, 18, 19
IFLA_BRPORT_MCAST_FLOOD, NLA_F_NESTED = 27, 0x8000
INFO_KIND, INFO_DATA, VETH_INFO_PEER, BR_MCAST_SNOOPING = 1, 2, 1, 23
IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST = 1, 2, 4
IFF_UP = 1


def _attribute(kind: int, payload: bytes) -> bytes:
    size = 4 + len(payload)
    return struct.pack("=HH", size, kind) + payload + bytes(-size % 4)


def _text(kind: int, text: str) -> bytes:
    return _attribute(kind, text.encode() + b"\0")


def _link(index: int = 0, flags: int = 0, change: int = 0, family: int = socket.AF_UNSPEC) -> bytes:
    return struct.pack("=BxHiII", family, 0, index, flags, change)


def _request(kind: int, payload: bytes, flags: int = 0) -> None:
    """Ask the kernel of the present namespace, raising OSError for its refusal."""
    header = struct.pack("=IHHII", 16 + len(payload), kind, NLM_REQUEST | NLM_ACK | flags, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
        netlink.bind((0, 0))
        netlink.send(header + payload)
        answer = netlink.recv(65536)
    (answered,) = struct.unpack_from("=H", answer, 4)
    (error,) = struct.unpack_from("=i", answer, 16)
    if answered == NLMSG_ERROR and error != 0:
        raise OSError(-error, os.strerror(-error))


def _add_bridge(name: str) -> None:
    data = _attribute(INFO_DATA, _attribute(BR_MCAST_SNOOPING, b"\0"))
    info = _attribute(IFLA_LINKINFO, _text(INFO_KIND, "bridge") + data)
    _request(RTM_NEWLINK, _link() + _text(IFLA_IFNAME, name) + info, NLM_CREATE | NLM_EXCL)
    _set_up(name, up=True)


def _add_cable(name: str, bridge: str, far_name: str, far_pid: int) -> None:
    """One end here in *bridge*, the other in the namespace of *far_pid*."""
    far_end = _link() + _text(IFLA_IFNAME, far_name)
    far_end += _attribute(IFLA_NET_NS_PID, struct.pack("=I", far_pid))
    data = _attribute(INFO_DATA, _attribute(VETH_INFO_PEER, far_end))
    info = _attribute(IFLA_LINKINFO, _text(INFO_KIND, "veth") + data)
    _request(RTM_NEWLINK, _link() + _text(IFLA_IFNAME, name) + info, NLM_CREATE | NLM_EXCL)
    master = _attribute(IFLA_MASTER, struct.pack("=I", socket.if_nametoindex(bridge)))
    _request(RTM_SETLINK, _link(socket.if_nametoindex(name)) + master)
    _set_up(name, up=True)


def _add_trunk(name: str, bridge: str, far_name: str, far_bridge: str) -> None:
    """A cable between two bridges."""
    _add_cable(name, bridge, far_name, os.getpid())
    master = _attribute(IFLA_MASTER, struct.pack("=I", socket.if_nametoindex(far_bridge)))
    _request(RTM_SETLINK, _link(socket.if_nametoindex(far_name)) + master)
    _set_up(far_name, up=True)


def _set_up(name: str, *, up: bool) -> None:
    _request(RTM_SETLINK, _link(socket.if_nametoindex(name), IFF_UP if up else 0, IFF_UP))


def _let_multicast_through(port: str, *, through: bool) -> None:
    """What a bridge passes on to *port* of what is meant for everybody who listens."""
    flood = _attribute(IFLA_BRPORT_MCAST_FLOOD, bytes([through]))
    info = _attribute(IFLA_PROTINFO | NLA_F_NESTED, flood)
    link = _link(socket.if_nametoindex(port), family=socket.AF_BRIDGE)
    _request(RTM_SETLINK, link + info)


def _add_address(name: str, address: str, prefix: int) -> None:
    _request(RTM_NEWADDR, _address(name, address, prefix), NLM_CREATE | NLM_EXCL)


def _address(name: str, address: str, prefix: int) -> bytes:
    packed = socket.inet_aton(address)
    mask = (0xFFFFFFFF << (32 - prefix)) & 0xFFFFFFFF
    broadcast = struct.pack("!I", struct.unpack("!I", packed)[0] | ~mask & 0xFFFFFFFF)
    header = struct.pack("=BBBBi", socket.AF_INET, prefix, 0, 0, socket.if_nametoindex(name))
    attributes = _attribute(IFA_LOCAL, packed) + _attribute(IFA_ADDRESS, packed)
    return header + attributes + _attribute(IFA_BROADCAST, broadcast)


# -- the agent: a process inside ------------------------------------------------------------------


def _fork(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        except OSError as error:
            os.write(2, f"{error}\n".encode())
        finally:
            os._exit(status)
    return pid


def _hold(name: str) -> int:
    """A process that keeps a machine called *name* alive; returns its pid once it exists."""
    readable, writable = os.pipe()

    def sleep_in_new_namespace() -> None:
        _die_with_parent()
        _libc("unshare", CLONE_NEWNET | CLONE_NEWUTS)
        socket.sethostname(name)
        os.write(writable, b"1")
        while True:
            signal.pause()

    pid = _fork(sleep_in_new_namespace)
    os.close(writable)
    ready = os.read(readable, 1)
    os.close(readable)
    if not ready:
        raise OSError("a host's namespace could not be made")
    return pid


def _inside(pid: int, work: Callable[[], None]) -> None:
    def enter_and_work() -> None:
        _enter(pid)
        work()

    _, status = os.waitpid(_fork(enter_and_work), 0)
    if status != 0:
        raise OSError("a host's interface could not be set up")


class _Agent:
    """Obeys one JSON request per line: `[operation, argument, …]` → `{"value"}` or `{"error"}`."""

    def __init__(self) -> None:
        self._pids: dict[str, int] = {}
        self._bridges: set[str] = set()

    def host(self, name: str) -> int:
        pid = _hold(name)
        _inside(pid, lambda: _set_up("lo", up=True))
        self._pids[name] = pid
        return pid

    def cable(
        self, host: str, network: str, port: str, interface: str, address: str, prefix: int
    ) -> None:
        _add_cable(port, self._bridge(network), interface, self._pids[host])

        def configure() -> None:
            _add_address(interface, address, prefix)
            _set_up(interface, up=True)

        _inside(self._pids[host], configure)

    def trunk(self, network: str, other: str, port: str) -> None:
        _add_trunk(port, self._bridge(network), f"{port}-far", self._bridge(other))

    def _bridge(self, network: str) -> str:
        if network not in self._bridges:
            _add_bridge(f"br-{network}")
            self._bridges.add(network)
        return f"br-{network}"

    def link(self, port: str, up: bool) -> None:
        _set_up(port, up=up)

    def multicast(self, port: str, through: bool) -> None:
        _let_multicast_through(port, through=through)

    def power(self, host: str, interface: str, up: bool) -> None:
        _inside(self._pids[host], lambda: _set_up(interface, up=up))

    def move(self, host: str, interface: str, old: str, new: str, prefix: int) -> None:
        def readdress() -> None:
            _request(RTM_DELADDR, _address(interface, old, prefix))
            _add_address(interface, new, prefix)

        _inside(self._pids[host], readdress)

    def serve(self) -> None:
        operations: dict[str, Callable[..., int | None]] = {
            "host": self.host,
            "cable": self.cable,
            "trunk": self.trunk,
            "link": self.link,
            "multicast": self.multicast,
            "power": self.power,
            "move": self.move,
        }
        for line in sys.stdin:
            operation, *arguments = json.loads(line)
            try:
                answer: dict[str, object] = {"value": operations[operation](*arguments)}
            except OSError as error:
                answer = {"error": str(error)}
            _say(json.dumps(answer))


# -- the sniffer: every frame of a network into a pcap file ----------------------------------------

PACKET_OUTGOING, ETH_P_ALL, LINKTYPE_ETHERNET = 4, 3, 1
SO_RCVBUFFORCE = 33
PCAP_HEADER = struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINKTYPE_ETHERNET)


def _sniff(path: str, ports: str) -> None:
    """Write what enters any port named `<ports>…` until stdin ends."""
    sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    with contextlib.suppress(PermissionError):  # only root of the machine may exceed the limit
        sniffer.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 * 1024 * 1024)
    sniffer.settimeout(0.05)
    os.set_blocking(0, False)
    with sniffer, Path(path).open("wb") as file:
        file.write(PCAP_HEADER)
        _say("ready")
        ending = False
        while True:
            try:
                frame, (interface, _, packet_type, *_) = sniffer.recvfrom(65536)
            except TimeoutError:
                if ending:
                    return
                with contextlib.suppress(BlockingIOError):
                    ending = os.read(0, 1) == b""
                continue
            if packet_type != PACKET_OUTGOING and interface.startswith(ports):
                now = time.time()
                fields = (int(now), int(now % 1 * 1e6), len(frame), len(frame))
                file.write(struct.pack("=IIII", *fields) + frame)
                file.flush()


def _main(role: str, arguments: list[str]) -> None:
    match role:
        case "agent":
            _die_with_parent()
            _own_namespaces()
            _say("ready")
            _Agent().serve()
        case "enter":
            _die_with_parent()
            _enter(int(arguments[0]))
            os.execvp(arguments[1], arguments[1:])  # noqa: S606 - what the lab was asked to run
        case "sniff":
            _die_with_parent()
            _enter(int(arguments[0]))
            _sniff(arguments[1], arguments[2])
        case _:
            raise SystemExit(f"unknown role {role}")


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2:])
