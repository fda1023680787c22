"""What this node is, and what the directory says for everybody: categories and locations."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec import __version__
from mendrec.api.people import (
    CategoriesAnswered,
    CategoryAnswered,
    CustodianAnswered,
    LocationAnswered,
    LocationsAnswered,
    NodeAnswered,
)
from mendrec.web.answers import PUBLIC, SIGNED_IN, answer, responses
from mendrec.web.context import app_context, current_node
from mendrec.web.rules import rules

_CONTRACTS = ("Consent", "Directory", "Records")


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("node", __name__, abp_tags=[Tag(name="node", description="The node and its network")])

    @api.get("/v1/node", security=PUBLIC, responses=responses({200: NodeAnswered}, public=True, cached=True))
    @rules(public=True)
    def node_facts() -> Response:
        """Tells the node's chain, contracts, finality depth, custodians and version."""
        node = current_node()
        own = app_context().custodian
        return answer(
            NodeAnswered(
                version=__version__,
                origin=node.config.web.origin,
                chain_id=node.ledger.chain_id,
                contracts={name: node.ledger.contract_address(name) for name in _CONTRACTS},
                finality_depth=node.config.chain.finality_depth,
                custodians=[
                    CustodianAnswered(
                        address=one.address,
                        url=one.url,
                        recipient=node.ledger.participant(one.address).recipient,
                        this_node=own is not None and own.address == one.address,
                    )
                    for one in node.config.custodians
                ],
                threshold=node.config.threshold,
                relays=node.config.relayer is not None,
            )
        )

    @api.get(
        "/v1/categories", security=PUBLIC, responses=responses({200: CategoriesAnswered}, public=True, cached=True)
    )
    @rules(public=True)
    def categories() -> Response:
        """Lists the categories of data that permissions are given for."""
        found = current_node().ledger.categories()
        return answer(
            CategoriesAnswered(items=[CategoryAnswered(number=number, code=code) for number, code in found.items()])
        )

    @api.get("/v1/locations", security=SIGNED_IN, responses=responses({200: LocationsAnswered}, cached=True))
    @rules()
    def locations() -> Response:
        """Lists the places of the location registry, retired ones too: path = base URI + CID."""
        node = current_node()
        ledger = node.ledger
        names = {store.location: store.name for store in node.config.stores if store.location is not None}
        found = [ledger.location(number) for number in range(1, ledger.location_count() + 1)]
        return answer(
            LocationsAnswered(
                items=[
                    LocationAnswered(
                        number=one.number,
                        operator=one.operator,
                        kind=one.kind,
                        active=one.active,
                        base_uri=one.base_uri,
                        store=names.get(one.number),
                    )
                    for one in found
                ]
            )
        )

    return api
