"""Deploying to a declared network.

    python -m deploy plan    --network development     what would change, with the gas; changes nothing
    python -m deploy apply   --network development     does it, after the network's name was typed (or --yes)
    python -m deploy verify  --network development     rebuilds the contracts and compares all that is on the chain

The deployer's key is a keystore file or an external signer, named in the network file; never an argument.
Exit status: 0 done or as declared, 1 not done or not as declared, 2 a wrong command line.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from deploy.compile_contracts import CompilationError, render, require_fresh
from deploy.networks import load_network
from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import Web3Deployer
from mendrec.adapters.chain.errors import WrongChainError
from mendrec.adapters.chain.inspector import Web3Inspector
from mendrec.adapters.chain.registry import FileDeploymentRegistry
from mendrec.adapters.db.engine import open_engine
from mendrec.adapters.db.migrate import upgrade
from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.adapters.locks import FileLocks
from mendrec.adapters.signers import RpcSigner
from mendrec.crypto.signed_transaction import require_signed_transaction
from mendrec.crypto.wallet import KeystoreWallet, require_typed_data_signer
from mendrec.domain.errors import ConfigurationError, InputError, MendrecError
from mendrec.domain.model import Address
from mendrec.domain.network import Network
from mendrec.keyring import keystore_address
from mendrec.ports import Wallet
from mendrec.services.deployment import DeploymentService
from mendrec.services.deployment_plan import Plan, Step
from mendrec.services.network_deployment import Finding, NetworkDeployment
from mendrec.services.outbox import Outbox

REGISTRY = Path(__file__).parent / "deployments"
_WEI_PER_GWEI = 10**9
_WEI_PER_ETHER = 10**18


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one of the three commands; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        network = load_network(options.network, rpc_url=options.rpc_url)
        with ExitStack() as stack:
            return int(options.run(options, network, stack))
    except MendrecError as error:
        if options.json:
            print(json.dumps({"error": error.as_dict()}, sort_keys=True))
        print(f"Not done: {error.message}\n{error.remedy}".rstrip(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 1


def _plan(options: argparse.Namespace, network: Network, stack: ExitStack) -> int:
    plan = _open(options, network, stack).plan(network, _deployer_address(options, network))
    if options.json:
        print(json.dumps(_plan_json(network, plan), sort_keys=True))
    else:
        _print_plan(network, plan, sys.stdout)
    return 0


def _apply(options: argparse.Namespace, network: Network, stack: ExitStack) -> int:
    if options.json and not options.yes:
        raise InputError("With --json nobody can be asked; nothing was sent.", remedy="Look at `plan`, then say --yes.")
    stack.enter_context(FileLocks(options.registry / "work" / "locks").exclusive(f"apply {network.chain_id}"))
    deployment = _open(options, network, stack)
    plan = deployment.plan(network, _deployer_address(options, network))
    _print_plan(network, plan, sys.stderr if options.json else sys.stdout)
    plan.require_affordable()
    if plan.own_steps and not options.yes:
        _require_yes(network)
    wallet = _wallet(options, network)
    done, left = deployment.apply(
        network, wallet, shown=plan, progress=lambda words: print(f"  done: {words}", file=sys.stderr)
    )
    if options.json:
        document = {"chain_id": done.chain_id, "addresses": dict(done.addresses), "left": _steps_json(left.steps)}
        print(json.dumps(document, sort_keys=True))
        return 0
    print(f"As declared, and written down in {options.registry / str(done.chain_id)}.json:")
    for contract, address in sorted(done.addresses.items()):
        print(f"  {contract:<10} {address}")
    for step in left.steps:
        print(f"Left to the owner {step.sender}: {step.words}\n  to   {step.to}\n  data {step.data_hex}")
    return 0


def _verify(options: argparse.Namespace, network: Network, stack: ExitStack) -> int:
    findings = [] if options.no_rebuild else [_rebuilt()]
    try:
        findings += _open(options, network, stack).verify(network)
    except WrongChainError as error:
        findings.append(Finding("chain", False, error.message))
    if options.json:
        print(json.dumps({"network": network.name, "findings": [asdict(one) for one in findings]}, sort_keys=True))
    else:
        width = max(len(one.what) for one in findings)
        for one in findings:
            print(f"{'ok   ' if one.is_as_declared else 'WRONG'}  {one.what:<{width}}  {one.words}")
    return 0 if all(one.is_as_declared for one in findings) else 1


def _rebuilt() -> Finding:
    """Compiles the sources that lie here and compares; what is on the chain is then compared with the result."""
    try:
        require_fresh(render())
    except CompilationError as error:
        return Finding("artifacts", False, str(error))
    return Finding("artifacts", True, "rebuilt from the sources: byte for byte the shipped ones")


def _open(options: argparse.Namespace, network: Network, stack: ExitStack) -> NetworkDeployment:
    client = ChainClient.connect(network.rpc_url, expected_chain_id=network.chain_id)
    work = options.registry / "work"
    registry = FileDeploymentRegistry(options.registry)
    deployer = Web3Deployer(client)
    opened: list[Any] = []

    def outbox_for(writer: Any) -> Outbox:
        if not opened:  # planning and verifying leave no file behind
            work.mkdir(parents=True, exist_ok=True, mode=0o700)
            url = f"sqlite:///{(work / f'{network.chain_id}.db').absolute()}"
            upgrade(url)
            opened.append(open_engine(url))
            stack.callback(opened[0].dispose)
        return Outbox(writer, SqlOutboxRepository(opened[0]), sleep=time.sleep)

    service = DeploymentService(deployer, registry, outbox_for=outbox_for, sleep=time.sleep)
    return NetworkDeployment(service, deployer, Web3Inspector(client), registry, outbox_for)


def _deployer_address(options: argparse.Namespace, network: Network) -> Address:
    """Needs no password: planning is for anyone."""
    key = network.deployer
    path = options.keystore or (Path(key.keystore) if key and key.keystore else None)
    if path is not None:
        return keystore_address(path)
    if key is None or key.address is None:
        raise ConfigurationError(
            "It is not said whose key deploys.", remedy="Name a keystore or a signer under [deployer], or --keystore."
        )
    return key.address


def _wallet(options: argparse.Namespace, network: Network) -> Wallet:
    key = network.deployer
    path = options.keystore or (Path(key.keystore) if key and key.keystore else None)
    if path is not None:
        return KeystoreWallet.open(path, _password(options, path))
    if key is None or key.signer_url is None or key.address is None:
        raise ConfigurationError("It is not said whose key deploys.", remedy="See docs/deploy.md.")
    return RpcSigner(key.signer_url, key.address, key.signer_api, require_signed_transaction, require_typed_data_signer)


def _password(options: argparse.Namespace, path: Path) -> str:
    if options.password_file is None:
        return getpass.getpass(f"Password of {path}: ")
    try:
        return str(options.password_file.read_text("utf-8")).rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The password file {options.password_file} can't be read.") from error


def _require_yes(network: Network) -> None:
    print(f"Type the network's name ({network.name}) to send this: ", end="", flush=True, file=sys.stderr)
    if sys.stdin.readline().rstrip("\n") != network.name:
        raise InputError("That was not the network's name; nothing was sent.", remedy="Machines say --yes.")


def _print_plan(network: Network, plan: Plan, stream: TextIO) -> None:
    def tell(words: str) -> None:
        print(words, file=stream)

    tell(f"{network.name}, chain {network.chain_id}, deployer {plan.deployer}")
    if not plan.steps:
        tell("Nothing is to be done.")
        return
    for step in plan.steps:
        gas = "gas not known yet" if step.gas is None else f"{step.gas:,} gas"
        owner = "" if step.sender == plan.deployer else f"  (the owner {step.sender} has to send it)"
        tell(f"  {step.words:<52} {gas:>20}  {'at' if step.call is None else 'on'} {step.to}{owner}")
    fee = plan.max_fee_per_gas_wei / _WEI_PER_GWEI
    cost = f"at most {plan.cost_wei / _WEI_PER_ETHER:.6f} ether at up to {fee:.3f} gwei"
    if plan.unpriced:
        cost = "the cost not known: set fees.max_gas_per_step"
    tell(f"  in all {plan.gas:,} gas, {cost}; the account holds {plan.balance_wei / _WEI_PER_ETHER:.6f}")


def _plan_json(network: Network, plan: Plan) -> dict[str, Any]:
    return {
        "network": network.name,
        "chain_id": network.chain_id,
        "deployer": plan.deployer,
        "addresses": dict(plan.addresses),
        "steps": _steps_json(plan.steps),
        "gas": plan.gas,
        "max_fee_per_gas_wei": plan.max_fee_per_gas_wei,
        "cost_wei": None if plan.unpriced else plan.cost_wei,
        "balance_wei": plan.balance_wei,
    }


def _steps_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    return [
        {"words": one.words, "sender": one.sender, "to": one.to, "gas": one.gas, "data_hex": one.data_hex}
        for one in steps
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy", description="Deploy to a declared network.")
    commands = parser.add_subparsers(required=True)
    for name, run, words in (
        ("plan", _plan, "say what would change, with the gas; changes nothing"),
        ("apply", _apply, "do it; safe to run again"),
        ("verify", _verify, "compare code, wiring, owner, categories and bodies with what is declared"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(run=run, keystore=None)
        command.add_argument("--network", required=True, metavar="NAME", help="a file of deploy/networks, or a path")
        command.add_argument("--rpc-url", metavar="URL", help="another node of the same chain than the file's")
        command.add_argument("--registry", type=Path, default=REGISTRY, metavar="DIR", help="the address registry")
        command.add_argument("--json", action="store_true", help="one JSON object on standard output")
        if run is not _verify:
            command.add_argument("--keystore", type=Path, metavar="FILE", help="instead of the file's [deployer]")
        if run is _apply:
            command.add_argument("--password-file", type=Path, metavar="FILE", help="left out, it is asked for")
            command.add_argument("--yes", action="store_true", help="do not ask")
        if run is _verify:
            command.add_argument("--no-rebuild", action="store_true", help="believe the shipped artifacts")
    return parser


if __name__ == "__main__":
    os.umask(0o077)
    raise SystemExit(main())
