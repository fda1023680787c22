"""The door to the chain: the right chain, the right contracts, and no fault that leaks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from mendrec.adapters.chain.anvil import Anvil, AnvilOptions
from mendrec.adapters.chain.artifacts_loader import CONTRACTS, load_artifacts
from mendrec.adapters.chain.client import ChainClient, UnusableArguments
from mendrec.adapters.chain.codec import selector_of
from mendrec.adapters.chain.deployer import Web3Deployer, open_ledger
from mendrec.adapters.chain.errors import ChainUnavailable, WrongChainError, WrongContractsError
from mendrec.adapters.chain.faults import SenderUnfunded
from mendrec.adapters.chain.refusal_words import UNKNOWN, WORDS
from mendrec.adapters.chain.refusals import RefusalDecoder, words_of
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.errors import ContractRefusal, MendrecError, NotFoundError
from mendrec.domain.model import Right
from mendrec.domain.projection import NOT_INDEXED, RULES
from mendrec.ports import ContractCall
from tests.simulators.chain_people import add_record, digest_hex, enrol_everybody, grant, recipient_hex
from tests.simulators.chain_world import World, wallet_of

ERRORS = [
    (contract, item)
    for contract, artifact in load_artifacts().items()
    for item in artifact.abi
    if item["type"] == "error"
]


def test_a_chain_that_is_not_there_is_unavailable_and_the_url_stays_unsaid() -> None:
    with pytest.raises(ChainUnavailable) as caught:
        ChainClient.connect("http://127.0.0.1:9/secret-token", expected_chain_id=31337)
    assert "secret-token" not in str(caught.value.as_dict())
    assert caught.value.remedy


@pytest.mark.chain
def test_another_chain_is_refused(anvil: Anvil) -> None:
    with pytest.raises(WrongChainError):
        ChainClient.connect(anvil.rpc_url, expected_chain_id=1)


@pytest.mark.chain
def test_an_address_without_code_is_refused(deployed: World) -> None:
    for contract in CONTRACTS:
        addresses = {**deployed.deployment.addresses, contract: wallet_of("stranger").address}
        with pytest.raises(WrongContractsError):
            open_ledger(deployed.client, replace(deployed.deployment, addresses=addresses))


@pytest.mark.chain
def test_other_contracts_at_the_addresses_are_refused(deployed: World) -> None:
    addresses = deployed.deployment.addresses
    swapped = {**addresses, "Directory": addresses["Consent"], "Consent": addresses["Directory"]}
    with pytest.raises(WrongContractsError):
        open_ledger(deployed.client, replace(deployed.deployment, addresses=swapped))


@pytest.mark.chain
@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_changed_byte_of_code_is_refused(deployed: World, contract: str) -> None:
    address = deployed.deployment.addresses[contract]
    code = bytearray(deployed.client.code(address))
    immutable = {place for places in load_artifacts()[contract].immutable_places for place in places}
    plain = next(at for at in range(200, len(code)) if not any(start <= at < start + size for start, size in immutable))
    code[plain] ^= 1
    deployed.anvil.rpc("anvil_setCode", address, "0x" + code.hex())
    with pytest.raises(WrongContractsError):
        open_ledger(deployed.client, deployed.deployment)


@pytest.mark.chain
@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_changed_immutable_is_refused_wherever_it_stands(deployed: World, contract: str) -> None:
    """Otherwise a forged contract could take signatures that were made for another one."""
    address = deployed.deployment.addresses[contract]
    good = deployed.client.code(address)
    for places in load_artifacts()[contract].immutable_places:
        for start, size in places:
            code = bytearray(good)
            code[start + size - 1] ^= 1
            deployed.anvil.rpc("anvil_setCode", address, "0x" + code.hex())
            with pytest.raises(WrongContractsError):
                open_ledger(deployed.client, deployed.deployment)


@pytest.mark.chain
def test_right_contracts_that_belong_to_another_directory_are_refused(deployed: World) -> None:
    deployer = Web3Deployer(deployed.client)
    governance = deployed.wallets["governance"]
    nonce = deployer.next_nonce(governance.address)
    transaction = deployer.sign_creation("Directory", (governance.address,), governance, nonce)
    deployer.broadcast(transaction)
    deployed.anvil.mine()  # on demand is a moment late
    addresses = {**deployed.deployment.addresses, "Directory": deployer.created_address(transaction)}
    deployer.require_contracts({"Directory": addresses["Directory"]})
    with pytest.raises(WrongContractsError, match="belongs to another Directory"):
        open_ledger(deployed.client, replace(deployed.deployment, addresses=addresses))


@pytest.mark.chain
def test_reading_is_pinned_to_the_block_that_was_asked_for(deployed: World) -> None:
    before = deployed.reader.head_block()
    deployed.send("patient", "Directory", "enrol", recipient_hex("patient"))
    patient = deployed.wallets["patient"].address
    assert deployed.reader.participant(patient, at=before).roles == 0
    assert deployed.reader.participant(patient).roles == 1


@pytest.mark.chain
def test_a_recipient_that_nothing_can_be_sealed_to_counts_as_none(deployed: World) -> None:
    patient = deployed.wallets["patient"].address
    deployed.send("patient", "Directory", "enrol", "0x" + "ff" * 32)
    assert deployed.reader.participant(patient).recipient is None
    deployed.send("patient", "Directory", "publishRecipient", recipient_hex("patient"))
    assert str(deployed.reader.participant(patient).recipient).startswith("age1")


@pytest.mark.chain
def test_a_window_binds_to_the_second_by_the_heads_time(deployed: World) -> None:
    enrol_everybody(deployed)
    grant(deployed, "clinician_a", Right.UPLOAD, 2)
    patient, clinician = (deployed.wallets[name].address for name in ("patient", "clinician_a"))
    access = deployed.reader.effective_access(patient, clinician, 2)
    call = ContractCall(
        "Records", "add", (patient, 2, 1, digest_hex("one"), 0, "0x" + deployed.reader.head_link_hex(patient))
    )
    deployed.anvil.set_time(access.until_at - 1)
    deployed.writer.simulate(call, clinician)
    deployed.anvil.set_time(access.until_at)
    with pytest.raises(ContractRefusal) as caught:
        deployed.writer.simulate(call, clinician)
    assert caught.value.code in {"refused.Consent.Expired", "refused.Directory.CredentialExpired"}
    assert caught.value.args_by_name["until"] == access.until_at


@pytest.mark.chain
def test_an_error_of_another_contract_that_bubbles_up_keeps_its_name(deployed: World) -> None:
    enrol_everybody(deployed)
    grantee = deployed.wallets["stranger"].address
    start = deployed.reader.head_block().timestamp
    terms = {"rights": 1, "from": start, "until": start + 60, "purpose": 1}
    with pytest.raises(ContractRefusal) as caught:
        deployed.writer.simulate(
            ContractCall("Consent", "grant", (grantee, [2], terms)), deployed.wallets["patient"].address
        )
    assert caught.value.code == "refused.Directory.NotEnrolled"
    assert caught.value.args_by_name == {"who": grantee}


@pytest.mark.chain
def test_an_entry_that_is_not_there_is_not_found(deployed: World) -> None:
    with pytest.raises(NotFoundError) as caught:
        deployed.reader.entry(deployed.wallets["patient"].address, 0)
    assert caught.value.remedy


@pytest.mark.chain
def test_an_entry_reads_as_it_was_added(deployed: World) -> None:
    enrol_everybody(deployed)
    grant(deployed, "clinician_a", Right.UPLOAD, 2)
    add_record(deployed, "clinician_a", 0)
    patient = deployed.wallets["patient"].address
    entry = deployed.reader.entry(patient, 0)
    assert "0x" + entry.digest_hex == digest_hex("manifest patient 0")
    assert (entry.author, entry.category, entry.location, entry.count) == (
        deployed.wallets["clinician_a"].address,
        2,
        1,
        0,
    )
    assert deployed.reader.head_link_hex(patient) != "0" * 64


@pytest.mark.chain
def test_an_account_without_funds_is_told(deployed: World) -> None:
    penniless = LocalWallet.generate()
    with pytest.raises(SenderUnfunded):
        deployed.outbox.submit(
            ContractCall("Directory", "enrol", (recipient_hex("x"),)), penniless, "enrol without funds"
        )


@pytest.mark.chain
@pytest.mark.parametrize(
    "call",
    [
        ContractCall("Directory", "noSuchFunction", ()),
        ContractCall("Directory", "enrol", ()),
        ContractCall("Directory", "enrol", ("0x1234",)),
        ContractCall("Directory", "enrol", ("not hex",)),
        ContractCall("Directory", "suspend", ("0x1234",)),
        ContractCall("Consent", "grant", ("0x" + "11" * 20, [2], {"rights": 1})),
        ContractCall(
            "Consent", "grant", ("0x" + "11" * 20, [70_000], {"rights": 1, "from": 1, "until": 2, "purpose": 1})
        ),
    ],
)
def test_arguments_of_another_shape_are_bad_input(deployed: World, call: ContractCall) -> None:
    with pytest.raises(UnusableArguments):
        deployed.writer.simulate(call, deployed.wallets["patient"].address)


@pytest.mark.chain
def test_a_chain_that_goes_away_is_unavailable_in_every_call(
    anvil: Anvil, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = Anvil(AnvilOptions(tmp_path_factory.mktemp("gone"), block_time_s=None))
    own.start()
    client = ChainClient.connect(own.rpc_url, expected_chain_id=31337)
    own.kill()
    address = wallet_of("patient").address
    for ask in (
        client.head_block,
        lambda: client.block(0),
        lambda: client.code(address),
        lambda: client.next_nonce(address),
        lambda: client.receipt("00" * 32),
        lambda: client.logs([address], 0, 1),
    ):
        with pytest.raises(ChainUnavailable):
            ask()


@pytest.mark.parametrize(("contract", "item"), ERRORS, ids=[f"{contract}.{item['name']}" for contract, item in ERRORS])
def test_every_error_of_the_contracts_has_a_sentence_and_a_remedy(contract: str, item: dict[str, object]) -> None:
    words = words_of(contract, str(item["name"]))
    assert words is not None
    names = {str(one["name"]) for one in item["inputs"]}  # type: ignore[attr-defined]
    assert words.sentence.format_map(dict.fromkeys(names, "x"))
    assert words.remedy


def test_there_are_no_words_for_errors_that_are_no_more() -> None:
    names = {str(item["name"]) for _, item in ERRORS} | {f"{contract}.{item['name']}" for contract, item in ERRORS}
    assert set(WORDS) <= names | {UNKNOWN, "Error", "Panic"}


def test_no_remedy_waits_for_a_value_to_be_put_in() -> None:
    assert [name for name, words in WORDS.items() if "{" in words.remedy] == []


@given(data=st.binary(max_size=200), item=st.sampled_from(ERRORS), known=st.booleans())
def test_any_revert_data_becomes_a_refusal_in_words(
    data: bytes, item: tuple[str, dict[str, object]], known: bool
) -> None:
    contract, error = item
    refusal = RefusalDecoder(load_artifacts()).refusal(contract, (selector_of(error) if known else b"") + data)
    assert isinstance(refusal, MendrecError)
    assert refusal.message
    assert refusal.remedy
    assert refusal.code.startswith("refused.")


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("NotNarrower", (3, 0, 1, 0), "READ and UPLOAD"),
        ("RightMissing", ("0x" + "11" * 20, "0x" + "22" * 20, 2, 4), "the right to SHARE"),
    ],
)
def test_rights_are_told_by_name(name: str, values: tuple[object, ...], said: str) -> None:
    item = next(item for contract, item in ERRORS if (contract, item["name"]) == ("Consent", name))
    types = [str(one["type"]) for one in item["inputs"]]  # type: ignore[attr-defined]
    refusal = RefusalDecoder(load_artifacts()).refusal("Consent", selector_of(item) + encode(types, values))
    assert said in refusal.message
    assert "bits" not in refusal.message


def test_an_unknown_error_is_said_to_be_unknown_with_its_selector() -> None:
    refusal = RefusalDecoder(load_artifacts()).refusal("Consent", bytes.fromhex("deadbeef"))
    assert refusal.name == "Unknown"
    assert "0xdeadbeef" in refusal.message


def test_every_event_of_the_contracts_is_indexed_or_left_out_on_purpose() -> None:
    declared = {
        (contract, item["name"])
        for contract, artifact in load_artifacts().items()
        for item in artifact.abi
        if item["type"] == "event"
    }
    assert {pair for pair in declared if pair[1] not in NOT_INDEXED} == set(RULES)
    assert {name for _, name in declared} >= NOT_INDEXED
