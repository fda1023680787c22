"""Bringing a database to this version's schema. The steps lie in ``migrations/`` of the checkout or of the wheel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.exc import SQLAlchemyError

from mendrec.adapters.db.engine import DatabaseUnavailable
from mendrec.domain.errors import ConfigurationError


class MigrationFailed(ConfigurationError):
    """The database can't be brought to this version's schema."""

    code = "configuration.migration"
    default_remedy = "It may have been made by a newer version; install that one, or restore a backup."


def upgrade(url: str, revision: str = "head") -> None:
    """Migrates the database at ``url``, creating it where it is not there; one that is there already is left as it is.

    Raises:
        MigrationFailed: the database is of a version that is not known here.
        DatabaseUnavailable: it can't be opened or written.
    """
    _run(lambda config: command.upgrade(config, revision), url)


def downgrade(url: str, revision: str) -> None:
    """Takes migrations back down to ``revision`` (``base``: all of them). Data of the tables dropped is lost."""
    _run(lambda config: command.downgrade(config, revision), url)


def revisions() -> tuple[str, tuple[str, ...]]:
    """Returns the newest revision that this program knows, and all of them, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    known = tuple(reversed([step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]))
    return known[-1], known


def migrations_folder() -> Path:
    """Where the migration steps are: in the package of a wheel, else in the checkout."""
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "_migrations", package.parents[1] / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise MigrationFailed("The migration steps are not installed.", remedy="Install the package again.")


def _run(what: Callable[[Config], None], url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["url"] = url
    try:
        what(config)
    except CommandError as error:
        raise MigrationFailed("The database is of another version than this program.") from error
    except SQLAlchemyError as error:
        raise DatabaseUnavailable("The database can't be used now.") from error
