"""Sessions and remembered answers: the repositories of :mod:`mendrec.ports_web`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Engine, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.tables_web import remembered_answers, sessions, sign_in_nonces
from mendrec.domain.model import Address
from mendrec.ports_web import RememberedAnswer, SessionRow


class SqlSessionRepository:
    """Implements :class:`mendrec.ports_web.SessionRepository`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_nonce(self, nonce_digest_hex: str, *, expires_at: int, now: int) -> None:
        """See :meth:`mendrec.ports_web.SessionRepository.add_nonce`."""
        with writing(self._engine) as connection:
            connection.execute(delete(sign_in_nonces).where(sign_in_nonces.c.expires_at <= now))
            connection.execute(insert(sign_in_nonces).values(nonce_digest_hex=nonce_digest_hex, expires_at=expires_at))

    def use_nonce(self, nonce_digest_hex: str, *, now: int) -> bool:
        """See :meth:`mendrec.ports_web.SessionRepository.use_nonce`. Of two at once, one deletes the row."""
        table = sign_in_nonces.c
        with writing(self._engine) as connection:
            taken = connection.execute(
                delete(sign_in_nonces).where(table.nonce_digest_hex == nonce_digest_hex, table.expires_at > now)
            )
            return taken.rowcount == 1

    def add(self, session: SessionRow) -> None:
        """Inserts a session."""
        with writing(self._engine) as connection:
            connection.execute(insert(sessions).values(asdict(session)))

    def find(self, token_digest_hex: str) -> SessionRow | None:
        """The session with this token."""
        with reading(self._engine) as connection:
            query = select(sessions).where(sessions.c.token_digest_hex == token_digest_hex)
            found = connection.execute(query).mappings().first()
            return None if found is None else SessionRow(**found)

    def touch(self, session_id_hex: str, *, at: int) -> None:
        """See :meth:`mendrec.ports_web.SessionRepository.touch`."""
        table = sessions.c
        with writing(self._engine) as connection:
            connection.execute(
                update(sessions)
                .where(table.session_id_hex == session_id_hex, table.last_used_at < at)
                .values(last_used_at=at)
            )

    def rotate(self, old_token_digest_hex: str, new_token_digest_hex: str, *, at: int) -> bool:
        """See :meth:`mendrec.ports_web.SessionRepository.rotate`."""
        with writing(self._engine) as connection:
            renewed = connection.execute(
                update(sessions)
                .where(sessions.c.token_digest_hex == old_token_digest_hex)
                .values(token_digest_hex=new_token_digest_hex, last_used_at=at)
            )
            return renewed.rowcount == 1

    def end(self, person: Address, session_id_hex: str) -> bool:
        """See :meth:`mendrec.ports_web.SessionRepository.end`."""
        table = sessions.c
        with writing(self._engine) as connection:
            ended = connection.execute(
                delete(sessions).where(table.session_id_hex == session_id_hex, table.person == person)
            )
            return ended.rowcount == 1

    def of_person(self, person: Address) -> Sequence[SessionRow]:
        """A person's sessions, newest first."""
        table = sessions.c
        query = select(sessions).where(table.person == person).order_by(table.created_at.desc(), table.session_id_hex)
        with reading(self._engine) as connection:
            return [SessionRow(**found) for found in connection.execute(query).mappings()]

    def forget(self, *, expired_before_at: int, unused_since_at: int) -> int:
        """See :meth:`mendrec.ports_web.SessionRepository.forget`."""
        table = sessions.c
        over = or_(table.expires_at <= expired_before_at, table.last_used_at <= unused_since_at)
        with writing(self._engine) as connection:
            return connection.execute(delete(sessions).where(over)).rowcount


class SqlAnswerRepository:
    """Implements :class:`mendrec.ports_web.AnswerRepository`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, person: Address, key: str, request_digest_hex: str, *, now: int) -> RememberedAnswer | None:
        """See :meth:`mendrec.ports_web.AnswerRepository.begin`. The primary key decides between two at once."""
        row = {
            "person": person,
            "key": key,
            "request_digest_hex": request_digest_hex,
            "status": None,
            "body": "",
            "location": None,
            "begun_at": now,
        }
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(remembered_answers).values(row))
        except IntegrityError:
            found = self._find(person, key)
            # Released between the two: the caller is told that it is being answered, and asks again.
            return found or RememberedAnswer(request_digest_hex, None, "", None, now)
        return None

    def take_over(self, person: Address, key: str, *, begun_at: int, now: int) -> bool:
        """See :meth:`mendrec.ports_web.AnswerRepository.take_over`."""
        table = remembered_answers.c
        with writing(self._engine) as connection:
            taken = connection.execute(
                update(remembered_answers)
                .where(table.person == person, table.key == key, table.status.is_(None), table.begun_at == begun_at)
                .values(begun_at=now)
            )
            return taken.rowcount == 1

    def keep(self, person: Address, key: str, *, status: int, body: str, location: str | None) -> None:
        """Writes the answer down."""
        table = remembered_answers.c
        with writing(self._engine) as connection:
            connection.execute(
                update(remembered_answers)
                .where(table.person == person, table.key == key)
                .values(status=status, body=body, location=location)
            )

    def release(self, person: Address, key: str) -> None:
        """See :meth:`mendrec.ports_web.AnswerRepository.release`."""
        table = remembered_answers.c
        with writing(self._engine) as connection:
            connection.execute(
                delete(remembered_answers).where(table.person == person, table.key == key, table.status.is_(None))
            )

    def forget(self, *, begun_before_at: int) -> int:
        """See :meth:`mendrec.ports_web.AnswerRepository.forget`."""
        with writing(self._engine) as connection:
            return connection.execute(
                delete(remembered_answers).where(remembered_answers.c.begun_at < begun_before_at)
            ).rowcount

    def _find(self, person: Address, key: str) -> RememberedAnswer | None:
        table = remembered_answers.c
        columns = (table.request_digest_hex, table.status, table.body, table.location, table.begun_at)
        with reading(self._engine) as connection:
            query = select(*columns).where(table.person == person, table.key == key)
            found = connection.execute(query).mappings().first()
            return None if found is None else RememberedAnswer(**found)
