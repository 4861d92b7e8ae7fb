import pytest

from nncore import activations, initializers, layers, losses, metrics, optimizers, schedules

FAMILIES = [activations, initializers, layers, losses, metrics, optimizers, schedules]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.family)
def test_every_member_has_a_docstring_that_begins_with_its_formula_or_deed(family):
    for name in family:
        doc = family[name].__doc__
        assert doc
        assert not doc.startswith(f"{family[name].__name__}(")  # dataclass's own, not ours


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.family)
def test_an_unknown_name_is_refused_with_the_nearest(family):
    name = next(iter(family))
    with pytest.raises(LookupError, match=f"Did you mean '{name}'"):
        family[name + "x"]
    with pytest.raises(LookupError, match="Known: "):
        family["?"]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.family)
def test_a_thing_knows_its_name(family):
    for name in family:
        if name not in ("dense", "dropout"):
            assert family.name_of(family[name]()) == name
    with pytest.raises(LookupError, match="not a registered"):
        family.name_of(object())


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.family)
def test_a_family_shows_its_members(family):
    assert repr(family).startswith(f"<{family.family}, {len(family)} known: {next(iter(family))}, ")
