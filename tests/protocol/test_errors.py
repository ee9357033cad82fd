"""Whose fault an error is (SPEC §1.3)."""

from __future__ import annotations

import pytest

from aluna_protocol.errors import (
    IncompatibleVersionError,
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
)


def test_an_error_always_says_whose_fault_it_is() -> None:
    with pytest.raises(TypeError, match="LocalProtocolError or RemoteProtocolError"):
        ProtocolError("somebody's")
    for error in (LocalProtocolError, RemoteProtocolError, IncompatibleVersionError):
        assert isinstance(error("why"), ProtocolError)
        assert str(error("why")) == "why"
    assert not issubclass(LocalProtocolError, RemoteProtocolError)
    assert not issubclass(RemoteProtocolError, LocalProtocolError)
