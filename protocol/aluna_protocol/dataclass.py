"""`dataclass(frozen=True, slots=True)` that costs a fifth of the standard one to declare.

A command declares more than a hundred classes before it does anything. The standard decorator
compiles six functions for each; here equality, hash and the rest are made without compiling, and
`__init__` is compiled when the first one is made, which most classes of a run never see.
A type checker sees the standard decorator: a test holds one against the other.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["dataclass"]

Made = TypeVar("Made")


def _declared(cls: type[Made], *, frozen: bool, slots: bool, order: bool) -> type[Made]:
    own = set(cls.__dict__)
    if cls.__doc__ is None:
        # The standard decorator would spell out the signature here, for nobody to read.
        cls.__doc__ = cls.__name__
    # Standard are the fields, the defaults, the slots and what `match` and `replace` go by.
    made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    methods = {"__init__": _init_when_first_made(made, frozen=frozen), "__repr__": _repr}
    methods |= _compared(made, frozen=frozen, order=order)
    if frozen:
        methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        methods |= {"__getstate__": _getstate, "__setstate__": _setstate} if slots else {}
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made


def _init_when_first_made(cls: type[Any], *, frozen: bool) -> Callable[..., None]:
    def __init__(self: Any, *given: Any, **named: Any) -> None:
        cls.__init__ = _compiled_init(cls, frozen=frozen)
        cls.__init__(self, *given, **named)

    return __init__


def _compiled_init(cls: type[Any], *, frozen: bool) -> Callable[..., None]:
    """Compile what a person would write by hand; raises TypeError for options nobody uses here."""
    parameters, lines = ["self"], []
    scope: dict[str, Any] = {"_set": object.__setattr__, "_missing": dataclasses.MISSING}
    for field in dataclasses.fields(cls):
        name = field.name
        if not field.init or field.kw_only:
            raise TypeError(f"an option of {cls.__name__}.{name} that is not known here")
        if field.default is not dataclasses.MISSING:
            scope[f"_{name}"] = field.default
            parameters.append(f"{name}=_{name}")
        elif field.default_factory is not dataclasses.MISSING:
            scope[f"_{name}"] = field.default_factory
            parameters.append(f"{name}=_missing")
            lines.append(f"if {name} is _missing: {name} = _{name}()")
        else:
            parameters.append(name)
        lines.append(f"_set(self, {name!r}, {name})" if frozen else f"self.{name} = {name}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    body = "\n ".join(lines or ["pass"])
    exec(f"def __init__({', '.join(parameters)}):\n {body}", scope)  # noqa: S102 - only our names
    made: Callable[..., None] = scope["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _compared(cls: type[Any], *, frozen: bool, order: bool) -> dict[str, Any]:
    names = [field.name for field in dataclasses.fields(cls) if field.compare]
    values: Callable[[Any], object] = operator.attrgetter(*names) if names else lambda _: ()

    def comparing(holds: Callable[[Any, Any], object]) -> Callable[[Any, object], object]:
        def compare(self: Any, other: object) -> object:
            if other.__class__ is not self.__class__:
                return NotImplemented
            return holds(values(self), values(other))

        return compare

    def __hash__(self: Any) -> int:
        return hash(values(self))

    signs = ("eq", "lt", "le", "gt", "ge") if order else ("eq",)
    methods: dict[str, Any] = {f"__{sign}__": comparing(getattr(operator, sign)) for sign in signs}
    return methods | {"__hash__": __hash__ if frozen else None}


@recursive_repr("...")
def _repr(self: Any) -> str:
    said = (f"{one.name}={getattr(self, one.name)!r}" for one in _shown(self))
    return f"{type(self).__qualname__}({', '.join(said)})"


def _shown(made: Any) -> list[dataclasses.Field[Any]]:
    return [one for one in dataclasses.fields(made) if one.repr]


def _refuse_to_set(self: object, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in dataclasses.fields(self)]


def _setstate(self: Any, state: list[Any]) -> None:
    for one, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool = False, slots: bool = False, order: bool = False) -> object:
        """Return the decorator; the standard one knows options nobody uses here."""
        return lambda cls: _declared(cls, frozen=frozen, slots=slots, order=order)
