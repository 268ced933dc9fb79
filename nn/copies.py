"""Copies of Modules by a plan, in place of ``copy.deepcopy`` where that would do no more.

Most Modules are Modules, lists, tuples and dicts around their parameters. What deepcopy finds out
anew at every copy, a plan has written down once: 20 times as fast.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

Parts: TypeAlias = list[tuple[Any, int]]  # keys in a container, and places
ATOMS = {bool, int, float, str, bytes, complex, type(None), type}


class NotPlainError(Exception):
    """Only deepcopy knows how some part is copied; it never leaves this package."""


class Plan:
    """How to make another of an object, with other things in the places of some of its parts.

    A place is a number: first those of the parts that are given, then those of the containers that
    are made, in the order in which they are met, then those of tuples, inner ones first.

    Args:
        model: the object to be made again.
        slots: the places of the parts that are given, by their id.
        shared: the ids of the parts that every copy has, too.
        attributes_of: gives the attributes of an object, where they are all that it consists of;
            None for everything else.

    Raises:
        NotPlainError: some part is none of these, and no list, tuple or dict.
    """

    def __init__(
        self,
        model: object,
        slots: Mapping[int, int],
        shared: Collection[int],
        attributes_of: Callable[[object], dict[str, object] | None],
    ) -> None:
        self._shared, self._attributes_of = shared, attributes_of
        self._known = dict(slots)
        self._given = len(slots)
        self._made: list[tuple[type, Any]] = []  # class of each, and its contents or where they are
        self._parts: list[Parts] = []  # of each container: key and place
        self._tuples: list[tuple[tuple[object, ...], Parts]] = []
        if self._place(model) != self._given or self._made[0][0] in (list, dict):
            raise NotPlainError
        first = self._given + len(self._made)  # of the tuples, which are counted from -1 downwards
        for parts in (*self._parts, *(parts for _, parts in self._tuples)):
            parts[:] = [(key, place if place >= 0 else first - 1 - place) for key, place in parts]

    def make(self, root: object, given: Sequence[object]) -> list[object]:
        """Make a new object what the model is, with what is given in its places.

        Args:
            root: an object of the model's class; attributes that it has already stay.
            given: what stands in the places of the parts that the slots name.

        Returns:
            All objects that were made, beginning with the root: no lists, tuples and dicts.
        """
        own = vars(root).copy()
        things = [*given]
        filled: list[Any] = []
        objects: list[object] = []
        for kind, contents in self._made:
            if contents.__class__ is slice:
                things.append(things[contents])
                filled.append(None)
                continue
            if kind is list or kind is dict:
                made = target = contents.copy()
            else:
                made = object.__new__(kind) if objects else root
                objects.append(made)
                target = vars(made)
                target.update(contents)
            things.append(made)
            filled.append(target)
        for contents, parts in self._tuples:
            items = [*contents]
            for index, place in parts:
                items[index] = things[place]
            things.append((*items,))
        for target, parts in zip(filled, self._parts, strict=True):
            for key, place in parts:
                target[key] = things[place]
        vars(root).update(own)
        return objects

    def _place(self, obj: object) -> int | None:
        """Return where a part stands among what is given and made; None where it is shared."""
        if id(obj) in self._known:
            return self._known[id(obj)]
        kind = type(obj)
        if id(obj) in self._shared or kind in ATOMS:
            return None
        if isinstance(obj, tuple):
            if kind is not tuple:
                raise NotPlainError
            parts = self._placed(enumerate(obj))
            if not parts:
                return None
            self._tuples.append((obj, parts))
            place = self._known[id(obj)] = -len(self._tuples)
            return place
        contents: Any = obj if kind in (list, dict) else self._attributes_of(obj)
        if contents is None or (kind is dict and not ATOMS.issuperset(map(type, contents))):
            raise NotPlainError
        place = self._known[id(obj)] = self._given + len(self._made)
        self._made.append((kind, contents))
        parts = []
        self._parts.append(parts)
        parts += self._placed(enumerate(contents) if kind is list else contents.items())
        places = [part for _, part in parts]
        if kind is list and places and len(places) == len(contents) and max(places) < self._given:
            first, last = places[0], places[-1]
            if first >= 0 and places == [*range(first, last + 1)]:  # one piece of what is given
                self._made[place - self._given] = list, slice(first, last + 1)
                parts.clear()
        return place

    def _placed(self, items: Iterable[tuple[object, object]]) -> Parts:
        places = [(key, self._place(part)) for key, part in items]
        return [(key, place) for key, place in places if place is not None]
