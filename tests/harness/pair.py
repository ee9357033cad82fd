"""Two devices in one session, one of which may say what it likes."""

from __future__ import annotations

from aluna_protocol.hub_events import SendBytes
from aluna_protocol.ids import Lane, LogId
from aluna_protocol.messages import Message
from harness.network import Network


class Pair:
    """Ana and Bo in one collective and one session; Bo may say what he likes."""

    def __init__(self) -> None:
        self.network = Network()
        self.ana, self.bo = self.network.peer("Ana"), self.network.peer("Bo")
        self.space = self.ana.found()
        self.ana.admit(self.space, self.bo)
        self.ana.write(self.space, b"by ana")
        self.bo.write(self.space, b"by bo")
        self.network.dial(self.ana, self.bo)
        self.network.run_until_quiet()
        [self.session] = self.bo.hub.sessions
        self.ana.seen.clear()

    @property
    def tag(self) -> bytes:
        return self.session.our_tag(self.space)

    @property
    def bos_log(self) -> LogId:
        return LogId(self.space, self.bo.keys.device, 7, Lane.CONTENT)

    def say(self, message: Message) -> None:
        self.bo.perform(self.session.say(message, self.network.now))
        self.network.run_until_quiet()

    def say_raw(self, data: bytes) -> None:
        sealed = self.session.transport.encrypt(data, self.network.now)
        self.bo.perform(SendBytes(self.session.connection, sealed))
        self.network.run_until_quiet()

    def told(self, kind: type) -> list[object]:
        return [effect for effect in self.ana.seen if isinstance(effect, kind)]

    @property
    def ended(self) -> bool:
        return not self.ana.hub.sessions
