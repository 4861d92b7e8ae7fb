"""Who is trained together: each member's settings, rows and seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nncore.checks import whole
from nncore.dataset import Dataset
from nncore.members import told_apart
from nncore.randomness import Streams
from nncore.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Cohort:
    """One network, or several of one shape that differ in what members may differ in."""

    recipe: Recipe
    data: tuple[Dataset, ...]
    """One for all, or one a member."""
    seeds: tuple[int, ...]
    """One for all, or one a member."""
    places: tuple[int, ...]
    """Which of a seed's networks each member is."""
    members: int | None
    """None: one network, without the axis."""

    @classmethod
    def of(
        cls,
        recipe: Recipe,
        data: Dataset | Sequence[Dataset],
        seed: int | Sequence[int],
        members: int | None,
    ) -> Cohort:
        """What `train` was asked for.

        Raises:
            ValueError: what is said member by member is not said as often as there are members, or
                their rows do not fit together.
        """
        datasets = (data,) if isinstance(data, Dataset) else tuple(data)
        seeds = tuple(seed) if isinstance(seed, Sequence) else (seed,)
        for one in seeds:
            whole("seed", one, 0)
        for k, one in enumerate(datasets):
            if not isinstance(one, Dataset):
                raise ValueError(f"data holds, at {k}, {type(one).__name__}; it is a Dataset.")
        told = dict(_told(recipe))
        told |= {} if isinstance(data, Dataset) else {"data": len(datasets)}
        told |= {"seed": len(seeds)} if isinstance(seed, Sequence) else {}
        if members is None and told:
            members = max(told.values())
        if members is not None:
            whole("members", members)
        for name, count in told.items():
            if count != members:
                raise ValueError(f"{name} is said for {count} members, but there are {members}.")
        _fit_together(datasets)
        # a seed of one's own begins with its first network: the one that it gives alone
        places = (0,) * len(seeds) if isinstance(seed, Sequence) else tuple(range(members or 1))
        cohort = cls(recipe, datasets, seeds, places, members)
        return replace(cohort.alone(0), members=1) if members == 1 else cohort

    def alone(self, member: int) -> Cohort:
        """One member, without the others and without the axis.

        Raises:
            ValueError: where it is said how many there are, it is none of them.
        """
        whole("member", member, 0)
        if self.members is not None and member >= self.members:
            raise ValueError(f"member is {member}, but there are {self.members}, counted from 0.")
        return Cohort(
            self.recipe.member(member),
            (self.data[member % len(self.data)],),
            (self.seeds[member % len(self.seeds)],),
            (member if len(self.places) <= member else self.places[member],),
            None,
        )

    def streams(self) -> list[Streams]:
        """Each member's generators."""
        return [
            Streams.of(self.seeds[k % len(self.seeds)], place)
            for k, place in enumerate(self.places)
        ]


def _told(recipe: Recipe) -> Iterator[tuple[str, int]]:
    """The settings that are said member by member, and for how many."""
    for part in (recipe, recipe.optimizer, *recipe.network.layers):
        for name, numbers in told_apart(part):
            yield name, len(numbers)


def _fit_together(data: Sequence[Dataset]) -> None:
    """Refuse rows that one network's shape cannot serve."""
    first = data[0]
    for k, one in enumerate(data):
        if one.features != first.features:
            raise ValueError(
                f"Member {k} has rows of {one.features} features, and member 0 of "
                f"{first.features}: networks of one shape take as many."
            )
        if one.y.shape[1:] != first.y.shape[1:]:
            raise ValueError(
                f"Member {k} has targets of shape {one.y.shape}, and member 0 of {first.y.shape}."
            )
        if (one.x_valid is None) != (first.x_valid is None):
            raise ValueError("Either all members have validation rows, or none.")
        if (one.weights is None) != (first.weights is None):
            raise ValueError("Either all members' rows have weights, or none's.")
