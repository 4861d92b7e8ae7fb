"""Names for things: the one place where a word in a file becomes a class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Generic, TypeVar

T = TypeVar("T")
M = TypeVar("M")


class Registry(Generic[M]):
    """The names of one family, such as activations or optimizers, in the order they were given.

    >>> shape: Registry[type] = Registry("shape")
    >>> @shape("disc")
    ... class Disc: ...
    >>> list(shape)
    ['disc']
    >>> shape
    <shape, 1 known: disc>
    >>> shape["disk"]
    Traceback (most recent call last):
    LookupError: There is no shape called 'disk'. Did you mean 'disc'?
    """

    def __init__(self, family: str) -> None:
        self.family = family
        self._known: dict[str, M] = {}

    def __repr__(self) -> str:
        """Its family and all its names."""
        return f"<{self.family}, {len(self)} known: {', '.join(self)}>"

    def __call__(self, name: str) -> Callable[[T], T]:
        """Give the class or function below this decorator a name."""

        def add(thing: T) -> T:
            self._known[name] = thing  # type: ignore[assignment]  # T is M, seen through the decorator
            return thing

        return add

    def __getitem__(self, name: str) -> M:
        """The member with that name.

        Raises:
            LookupError: nothing has that name; the message offers the nearest.
        """
        if isinstance(name, str) and name in self._known:
            return self._known[name]
        near = get_close_matches(name, self._known, n=1) if isinstance(name, str) else []
        hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(sorted(self))}."
        raise LookupError(f"There is no {self.family} called {name!r}. {hint}")

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def name_of(self, thing: object) -> str:
        """The name under which the class of `thing` was given.

        Raises:
            LookupError: its class has no name here.
        """
        for name, member in self._known.items():
            if member is type(thing):
                return name
        raise LookupError(f"{type(thing).__name__} is not a registered {self.family}.")
