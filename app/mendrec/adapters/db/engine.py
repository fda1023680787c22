"""Opening the database, SQLite or PostgreSQL; nothing above this package knows which.

[Note: isolation] A transaction cannot be run again by whoever opened it (its caller's code is in the middle of it), so
nothing here relies on retries. On SQLite one transaction writes at a time. On PostgreSQL writers run beside each other
at READ COMMITTED, and are kept from each other where it matters by constraints, by conditions in the UPDATE itself, or,
where something is read and then written by what was read, by a lock that is named (``alone``) and held to the end of
the transaction. Readers see one snapshot on both: REPEATABLE READ, read-only.
"""

from __future__ import annotations

import hashlib
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import Pool, QueuePool

from mendrec.domain.errors import ConfigurationError, InputError, UnavailableError

_BUSY_TIMEOUT_MS = 10_000
_READ_ONLY = "mendrec_read_only"
_CONNECT_TIMEOUT_S = 5
_STATEMENT_TIMEOUT_MS = 60_000
"""A swap of a large index takes seconds; what takes a minute hangs."""
_LOCK_TIMEOUT_MS = 10_000
_IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000
"""A process that stopped in the middle of a transaction must not hold its locks for ever."""
_POOL_SIZE = 5
_POOL_OVERFLOW = 15
"""Together more than a process has threads (web.threads): a request waits for the database, never for a connection."""
_POOL_TIMEOUT_S = 10
_PSYCOPG = "postgresql+psycopg"
_INHERITED: list[Pool] = []
"""Pools that were a parent's. Nothing is asked of them; to let go of one would close its connections."""


class DatabaseUnavailable(UnavailableError):
    """The database does not answer, or is full, locked or read-only."""

    code = "unavailable.database"
    default_remedy = (
        "Check that the database runs and that its disk has room, then try again; what was begun is whole or not there."
    )


class InvalidDatabaseUrl(ConfigurationError):
    """The database's URL is not one."""

    code = "configuration.database_url"
    default_remedy = "Write it like sqlite:////absolute/path/mendrec.db or postgresql://user@host/name."


class UnstorableValue(InputError):
    """A text is too long for its place, or holds what a database cannot; a number is out of range."""

    code = "input.unstorable"
    default_remedy = "Shorten it, and leave out control characters."


def open_engine(url: str) -> Engine:
    """Returns an engine for ``url``; nothing is connected yet.

    Both run so that what was committed survives a power cut: SQLite with write-ahead logging and full synchronisation,
    PostgreSQL with synchronous commit, whatever the server's own setting is.

    Args:
        url: ``sqlite:///…``, or ``postgresql://…`` with ``+psycopg`` or without.

    Raises:
        InvalidDatabaseUrl: it is no URL, or of a database that is not supported.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername=_PSYCOPG)
        if parsed.drivername == _PSYCOPG:
            return _postgresql(parsed)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed)
    except (ArgumentError, ModuleNotFoundError) as error:
        raise InvalidDatabaseUrl("The database's URL can't be used.") from error
    raise InvalidDatabaseUrl("The database's URL names a database that is not supported.")


@contextmanager
def writing(engine: Engine, *, alone: str | None = None) -> Iterator[Connection]:
    """A transaction: committed at the end, rolled back on any error. See [Note: isolation].

    Args:
        engine: from :func:`open_engine`.
        alone: the name of what is read and then written; no two transactions with one name run at once.

    Raises:
        DatabaseUnavailable: the database failed. IntegrityError passes, for the repository to name.
        UnstorableValue: a value does not fit.
    """
    with _translated(), engine.begin() as connection:
        if alone is not None and connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _lock_number(alone)})
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view, never written to."""
    options: dict[str, Any] = {_READ_ONLY: True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _translated(), engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except (DataError, OverflowError, UnicodeEncodeError) as error:
        raise UnstorableValue("A value can't be stored.") from error
    except SQLAlchemyError as error:
        raise DatabaseUnavailable("The database can't be used now.") from error


def _lock_number(name: str) -> int:
    """A signed 64-bit number; two names that share one only wait for each other."""
    return int.from_bytes(hashlib.sha256(name.encode("utf-8")).digest()[:8], "big", signed=True)


def _postgresql(url: URL) -> Engine:
    settings = {
        "statement_timeout": _STATEMENT_TIMEOUT_MS,
        "lock_timeout": _LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": _IDLE_IN_TRANSACTION_TIMEOUT_MS,
        "synchronous_commit": "on",
        "timezone": "UTC",
    }
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        hide_parameters=True,  # values never get into an error's text, and so into a log
        pool_size=_POOL_SIZE,
        max_overflow=_POOL_OVERFLOW,
        pool_timeout=_POOL_TIMEOUT_S,
        pool_pre_ping=True,  # a server that was restarted costs one round trip, not one request
        connect_args={
            "connect_timeout": _CONNECT_TIMEOUT_S,
            "application_name": "mendrec",
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        },
    )
    _leave_to_parent(engine)
    return engine


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,  # setting a connection up costs more than most queries
        pool_size=_POOL_SIZE,
        max_overflow=_POOL_OVERFLOW,
        pool_timeout=_POOL_TIMEOUT_S,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    _leave_to_parent(engine)
    return engine


def _leave_to_parent(engine: Engine) -> None:
    """Makes a forked child forget the connections that it inherits, without closing them: they are its parent's.

    Two processes on one PostgreSQL connection mix their answers; for SQLite see "How To Corrupt An SQLite Database
    File", section 2.6.
    """
    found = weakref.ref(engine)

    def forget() -> None:
        inherited = found()
        if inherited is not None:
            _INHERITED.append(inherited.pool)
            inherited.dispose(close=False)

    os.register_at_fork(after_in_child=forget)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing on its own; _begin_sqlite does
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns into a writing one fails at once where another writes; an immediate one waits.
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
