"""The libraries and constants of the contracts, each against an independent derivation."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import product

import pytest
from eth_abi import encode
from eth_utils import keccak
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mendrec.domain import tags
from mendrec.domain.errors import InputError
from mendrec.domain.model import MendReason, Purpose, Right, Role
from mendrec.domain.typed_data import consent, directory, iso8601_utc, records, signed_acts
from mendrec.domain.typed_data._build import ISO8601_LAST_SECOND, TimeNotRepresentable
from tests.contracts.chain import ROOT, Chain, Contract
from tests.contracts.reference import inclusion_path, tree_root
from tests.contracts.world import World, digest, refused

EDGES = [
    *(0, 1, 86_399, 86_400, 951_782_399, 951_782_400, 951_868_799, 951_868_800),  # around 29 February 2000
    *(4_107_542_399, 4_107_542_400, 13_574_649_599, ISO8601_LAST_SECOND),  # around 1 March 2100 and 2400
]


@pytest.fixture(scope="module")
def libraries(anvil_chain: Chain, built_world: World) -> Contract:
    return anvil_chain.deploy("LibraryHarness", sender=built_world["governance"])


@given(times=st.lists(st.one_of(st.sampled_from(EDGES), st.integers(0, ISO8601_LAST_SECOND)), max_size=200))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_iso8601_agrees_with_python_from_1970_to_9999(libraries: Contract, times: list[int]) -> None:
    expected = [datetime.fromtimestamp(one, UTC).replace(tzinfo=None).isoformat() + "Z" for one in times]
    assert libraries.call("iso8601", times) == expected == [iso8601_utc(one) for one in times]


def test_iso8601_agrees_on_every_first_and_last_day_of_four_hundred_years(libraries: Contract) -> None:
    times = [
        int(datetime(year, month, 1, tzinfo=UTC).timestamp()) - before
        for year, month, before in product(range(1990, 2390), (1, 3), (0, 1))
    ]
    expected = [datetime.fromtimestamp(one, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for one in times]
    for start in range(0, len(times), 400):
        assert libraries.call("iso8601", times[start : start + 400]) == expected[start : start + 400]


def test_iso8601_refuses_what_four_digits_cannot_show(libraries: Contract) -> None:
    with refused("TimeNotRepresentable", ISO8601_LAST_SECOND + 1):
        libraries.call("iso8601", [ISO8601_LAST_SECOND + 1])
    for bad in (-1, ISO8601_LAST_SECOND + 1):
        with pytest.raises(TimeNotRepresentable):
            iso8601_utc(bad)


def test_inclusion_proofs_agree_with_the_rfc_for_every_leaf_of_every_tree_up_to_40(libraries: Contract) -> None:
    leaves = [digest(f"leaf {index}") for index in range(40)]
    for size in range(1, 41):
        root = tree_root(leaves[:size])
        for index in range(size):
            path = inclusion_path(leaves[:size], index)
            assert libraries.call("isIncluded", root, size, leaves[index], index, path)


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_changed_proof_is_accepted(libraries: Contract, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 40))
    leaves = [digest(f"leaf {index}") for index in range(size)]
    index = data.draw(st.integers(0, size - 1))
    good = (tree_root(leaves), size, leaves[index], index, inclusion_path(leaves, index))
    path = good[4]
    changes = [
        (digest("root"), *good[1:]),
        (*good[:2], digest("leaf"), *good[3:]),
        (*good[:3], size, path),
        (*good[:4], [*path, digest("more")]),
        *([(*good[:4], path[:-1])] if path else []),
        *[(*good[:4], [*path[:at], digest("node"), *path[at + 1 :]]) for at in range(len(path))],
        *[(*good[:3], other, path) for other in range(size) if other != index],
    ]
    assert libraries.call("isIncluded", *good)
    for change in changes:
        assert not libraries.call("isIncluded", *change)


def test_a_node_does_not_pass_as_a_leaf(libraries: Contract) -> None:
    leaves = [digest(f"leaf {index}") for index in range(4)]
    root, left = tree_root(leaves), tree_root(leaves[:2])
    assert not libraries.call("isIncluded", root, 2, left, 0, [tree_root(leaves[2:])])
    assert not libraries.call("isIncluded", root, 0, leaves[0], 0, inclusion_path(leaves, 0))


def test_rights_are_named_in_their_fixed_order_and_no_others_are_known(libraries: Contract) -> None:
    for bits in range(256):
        known, names_hash = libraries.call("right", bits)
        assert known == (0 < bits < 8)
        assert names_hash == (keccak(text=consent.rights_text(Right(bits))) if known else bytes(32))
    assert consent.rights_text(Right.SHARE | Right.READ | Right.UPLOAD) == "READ, UPLOAD, SHARE"
    with pytest.raises(InputError):
        consent.rights_text(Right(0))


def test_purposes_are_hl7_codes_by_number_and_no_others_are_known(libraries: Contract) -> None:
    names = {purpose.value: purpose.name for purpose in Purpose}
    for number in range(256):
        known, code_hash = libraries.call("purpose", number)
        assert known == (number in names)
        assert code_hash == (keccak(text=names[number]) if known else bytes(32))


def test_mend_reasons_are_those_of_the_domain(libraries: Contract) -> None:
    names = {reason.value: reason.name for reason in MendReason}
    for number in range(256):
        known, name_hash = libraries.call("mendReason", number)
        assert known == (number in names)
        assert name_hash == (keccak(text=names[number]) if known else bytes(32))


def test_role_and_right_bits_are_those_of_the_domain(libraries: Contract) -> None:
    assert libraries.call("roles") == [role.value for role in Role]
    assert libraries.call("rightBits") == [right.value for right in Right]


@given(code=st.one_of(st.text(max_size=70), st.from_regex(r"[a-z0-9-]{1,64}", fullmatch=True)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_category_codes_are_one_to_64_of_a_small_alphabet(libraries: Contract, code: str) -> None:
    assert libraries.call("isCategoryCode", code) == bool(re.fullmatch(r"[a-z0-9-]{1,64}", code))


def test_every_single_character_is_judged(libraries: Contract) -> None:
    for number in range(128):
        character = chr(number)
        assert libraries.call("isCategoryCode", character) == bool(re.fullmatch(r"[a-z0-9-]", character))


def _type_strings_in_solidity() -> set[str]:
    sources = [*(ROOT / "contracts/src").rglob("*.sol")]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    return set(re.findall(r'TYPEHASH\s*=\s*keccak256\(\s*"([^"]+)"\s*\)', text))


def _type_strings_in_python() -> set[str]:
    modules = (signed_acts, directory, consent, records)
    return {value for module in modules for name, value in vars(module).items() if name.endswith("_TYPE")}


def test_python_and_solidity_sign_the_same_types() -> None:
    """Each type hash is keccak256 of its type string, which stands in both languages as text."""
    assert _type_strings_in_solidity() == _type_strings_in_python()
    assert len(_type_strings_in_python()) == 21


def test_tags_in_solidity_are_those_of_the_domain() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "contracts/src").rglob("*.sol"))
    assert set(re.findall(r'_TAG = keccak256\("([^"]+)"\)', text)) == {tags.LINK, "mendrec/request/v1"}


def test_the_request_id_is_the_stated_hash(world: World) -> None:
    terms = world.terms(1)
    done = world.consent.send(world["carol"], "ask", world["alice"], [2, 7], terms)
    types = ["bytes32", "address", "address", "uint16[]", "(uint8,uint40,uint40,uint8)"]
    values = [keccak(text="mendrec/request/v1"), world["alice"], world["carol"], [2, 7], terms]
    assert done.only("AccessAsked")["requestId"] == keccak(encode(types, values))


def _bits(width: int) -> st.SearchStrategy[int]:
    return st.one_of(st.sampled_from([0, 1, 2**width - 1]), st.integers(0, 2**width - 1))


participants = st.tuples(
    *(_bits(16), st.booleans(), _bits(40), _bits(16), _bits(16), _bits(16), st.booleans(), _bits(40))
)
entries = st.tuples(
    *(st.binary(min_size=32, max_size=32), _bits(160).map(lambda number: "0x" + number.to_bytes(20, "big").hex())),
    *(_bits(16), _bits(16), _bits(40), _bits(24)),
)


@given(participant=participants, entry=entries, location=_bits(16))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_packing_loses_and_mixes_nothing(
    libraries: Contract, participant: tuple[object, ...], entry: tuple[object, ...], location: int
) -> None:
    unpacked = libraries.call("participantThroughItsWord", participant)
    assert tuple(unpacked.values()) == participant
    stored = libraries.call("entryThroughItsWords", entry)
    assert (stored["author"].lower(), *(stored[name] for name in ("digest", "category", "recordedAt", "count"))) == (
        *(entry[1], entry[0], entry[2], entry[4], entry[5]),
    )
    assert libraries.call("entryMoved", entry, location) == {**stored, "location": location}


@given(members=st.tuples(*map(_bits, (8, 40, 40, 8, 32, 32, 1, 1, 32))))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_blocks_word_holds_its_members_from_the_lowest_bits_upwards(
    libraries: Contract, members: tuple[int, ...]
) -> None:
    widths, word, position = (8, 40, 40, 8, 32, 32, 8, 8, 32), 0, 0
    for width, member in zip(widths, members, strict=True):
        word |= member << position
        position += width
    assert tuple(libraries.call("blockOf", word).values()) == members
