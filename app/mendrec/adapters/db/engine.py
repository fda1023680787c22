"""Opening the database. SQLite here; nothing above this module knows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from mendrec.domain.errors import ConfigurationError, UnavailableError

_BUSY_TIMEOUT_MS = 10_000
_READ_ONLY = "mendrec_read_only"


class DatabaseUnavailable(UnavailableError):
    """The database does not answer, or is full, locked or read-only."""

    code = "unavailable.database"
    default_remedy = "Check that the database's disk has room and can be written, then try again; nothing is half done."


class InvalidDatabaseUrl(ConfigurationError):
    """The database's URL is not one."""

    code = "configuration.database_url"
    default_remedy = "Write it like sqlite:////absolute/path/mendrec.db."


def open_engine(url: str) -> Engine:
    """Returns an engine for ``url``; nothing is connected yet.

    SQLite runs with write-ahead logging, foreign keys and full synchronisation: what was committed
    survives a power cut.
    """
    try:
        is_sqlite = make_url(url).get_backend_name() == "sqlite"
        engine = create_engine(url, poolclass=NullPool) if is_sqlite else create_engine(url, pool_pre_ping=True)
    except (ArgumentError, ModuleNotFoundError) as error:
        raise InvalidDatabaseUrl("The database's URL can't be used.") from error
    if is_sqlite:
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction: committed at the end, rolled back on any error.

    Raises:
        DatabaseUnavailable: the database failed. IntegrityError passes, for the repository to name.
    """
    with _translated(), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view, never written to."""
    with _translated(), engine.connect().execution_options(**{_READ_ONLY: True}) as connection:
        yield connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except SQLAlchemyError as error:
        raise DatabaseUnavailable("The database can't be used now.") from error


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
