"""A circle is found wherever it is, and never where there is none."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gilde.qualifications.classifications.hierarchy import cycle

NODES = [str(number) for number in range(8)]
graphs = st.dictionaries(st.sampled_from(NODES), st.lists(st.sampled_from(NODES), max_size=3), max_size=8)


@given(graphs)
def test_what_is_returned_is_a_circle_of_real_steps(broader: dict[str, list[str]]) -> None:
    chain = cycle(broader)
    assert all(above in broader[here] for here, above in pairwise(chain))
    assert not chain or (len(chain) > 1 and chain[0] == chain[-1])


@given(graphs)
def test_a_circle_is_found_exactly_when_the_hierarchy_cannot_be_taken_apart_from_the_top(
    broader: dict[str, list[str]],
) -> None:
    left = {here: set(above) for here, above in broader.items()}
    while tops := [here for here, above in left.items() if not above & left.keys()]:
        for here in tops:
            del left[here]
    assert bool(cycle(broader)) == bool(left)


def test_a_very_long_chain_needs_no_recursion() -> None:
    chain = {str(number): [str(number + 1)] for number in range(50_000)}
    assert cycle(chain) == []
    assert len(cycle(chain | {"50000": ["0"]})) == 50_002
