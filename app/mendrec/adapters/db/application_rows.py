"""Applications of staff, and the names that verifiers confirmed: see :mod:`mendrec.ports_people`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Select,
    and_,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.index_queries import participant_of
from mendrec.adapters.db.tables_index import LIVE
from mendrec.adapters.db.tables_people import applications, professional_names
from mendrec.domain.display_name import folded
from mendrec.domain.model import Address, Role
from mendrec.ports_people import Application, ApplicationsFull, ApplicationState, Professional

_OPEN = frozenset({ApplicationState.WAITING, ApplicationState.CONFIRMED})
_PROFESSIONAL = int(Role.CLINICIAN | Role.INSTITUTION | Role.VERIFIER | Role.CUSTODIAN)


class SqlApplicationRepository:
    """Implements :class:`mendrec.ports_people.ApplicationRepository`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, application: Application, *, since_at: int, at_most: int, waiting_max_count: int) -> bool | None:
        """The constraint decides between two at once. Of many at once some may come on top of those that wait."""
        mine = (applications.c.applicant == application.applicant, applications.c.created_at > since_at)
        try:
            with writing(self._engine, alone=f"applications of {application.applicant}") as connection:
                if connection.execute(select(func.count()).where(*mine)).scalar_one() >= at_most:
                    return None
                connection.execute(insert(applications).values(_columns(application)))
                if connection.execute(_waiting_for(application.institution)).scalar_one() > waiting_max_count:
                    raise ApplicationsFull("No more applications to this institution are taken now.")
        except IntegrityError:
            return False
        return True

    def get(self, application_id: str) -> Application | None:
        """One application."""
        query = select(applications).where(applications.c.application_id == application_id)
        with reading(self._engine) as connection:
            found = connection.execute(query).mappings().first()
        return None if found is None else _application(found)

    def page(
        self,
        *,
        applicant: Address | None = None,
        institution: Address | None = None,
        state: ApplicationState | None = None,
        before: tuple[int, str] | None = None,
        limit: int,
    ) -> Sequence[Application]:
        """Newest first."""
        table = applications.c
        query = select(applications).order_by(table.created_at.desc(), table.application_id.desc()).limit(limit)
        if applicant is not None:
            query = query.where(table.applicant == applicant)
        if institution is not None:
            query = query.where(table.institution == institution)
        if state is not None:
            query = query.where(table.state == state.value)
        if before is not None:
            query = query.where(tuple_(table.created_at, table.application_id) < tuple_(*before))
        with reading(self._engine) as connection:
            return [_application(found) for found in connection.execute(query).mappings()]

    def change(self, application: Application, *, was: ApplicationState) -> bool:
        """The state in the UPDATE's own condition decides between two at once."""
        table = applications.c
        same = (table.application_id == application.application_id, table.state == was.value)
        with writing(self._engine) as connection:
            if connection.execute(update(applications).where(*same).values(_columns(application))).rowcount != 1:
                return False
            if application.state is ApplicationState.SIGNED:
                _give_name(connection, application)
        return True

    def forget(self, *, changed_before_at: int, now: int) -> int:
        """Leaves credentials that can still be presented."""
        table = applications.c
        in_time = and_(table.state == ApplicationState.SIGNED.value, table.expires_at > now)
        query = delete(applications).where(table.changed_at < changed_before_at, ~in_time)
        with writing(self._engine) as connection:
            return connection.execute(query).rowcount


class SqlProfessionalRepository:
    """Implements :class:`mendrec.ports_people.ProfessionalRepository`: the index's participants with their names."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(
        self,
        *,
        words: str | None = None,
        addresses: Collection[Address] | None = None,
        named_here: Mapping[Address, str] | None = None,
        staff_of: Address | None = None,
        after: Address | None = None,
        limit: int,
    ) -> Sequence[Professional]:
        """One query; nothing that is asked for is taken for a pattern."""
        people, names = LIVE.projections["participants"], professional_names
        query = (
            select(
                people,
                names.c.display_name,
                names.c.licence_commitment_hex.label("named_licence_hex"),
                names.c.issued_at,
            )
            .select_from(people.outerjoin(names, people.c.address == names.c.address))
            .where(people.c.roles.bitwise_and(_PROFESSIONAL) != 0)
            .order_by(people.c.address)
            .limit(limit)
        )
        if words is not None:
            query = query.where(_like(words, named_here or {}))
        if addresses is not None:
            query = query.where(people.c.address.in_(addresses))
        if staff_of is not None:
            is_clinician = people.c.roles.bitwise_and(int(Role.CLINICIAN)) != 0
            query = query.where(people.c.institution == staff_of, is_clinician)
        if after is not None:
            query = query.where(people.c.address > after)
        with reading(self._engine) as connection:
            return [_professional(found) for found in connection.execute(query).mappings()]


def _waiting_for(institution: Address) -> Select[int]:
    table = applications.c
    waits = (table.institution == institution, table.state == ApplicationState.WAITING.value)
    return select(func.count()).select_from(applications).where(*waits)


def _like(words: str, named_here: Mapping[Address, str]) -> ColumnElement[bool]:
    people, names = LIVE.projections["participants"].c, professional_names.c
    wanted = folded(words)
    fitting = [address for address, name in named_here.items() if wanted in folded(name)]
    confirmed = and_(
        people.address.not_in(list(named_here)),
        people.licence_commitment_hex == names.licence_commitment_hex,
        names.folded.contains(wanted, autoescape=True),
    )
    by_name = or_(people.address.in_(fitting), confirmed)
    is_address = wanted.startswith("0x")
    by_address = func.lower(people.address).startswith(wanted, autoescape=True) if is_address else false()
    return or_(by_name, by_address)


def _give_name(connection: Connection, application: Application) -> None:
    upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {
        "display_name": application.display_name,
        "folded": folded(application.display_name),
        "licence_commitment_hex": application.licence_commitment_hex,
        "issued_at": application.issued_at,
    }
    statement = upsert(professional_names).values(address=application.applicant, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["address"], set_=values))


def _columns(application: Application) -> dict[str, Any]:
    is_open = application.state in _OPEN
    return asdict(application) | {"state": application.state.value, "open_mark": 1 if is_open else None}


def _application(found: RowMapping) -> Application:
    values = {name: value for name, value in found.items() if name != "open_mark"}
    return Application(**{**values, "state": ApplicationState(found["state"])})


def _professional(found: RowMapping) -> Professional:
    return Professional(
        person=participant_of(found),
        licence_commitment_hex=found["licence_commitment_hex"],
        named=found["display_name"],
        named_licence_hex=found["named_licence_hex"],
        issued_at=found["issued_at"],
    )
