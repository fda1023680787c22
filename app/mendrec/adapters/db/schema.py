"""The whole schema: importing this module makes ``METADATA`` hold every table, wherever it is written down."""

from __future__ import annotations

from mendrec.adapters.db import tables_care, tables_people, tables_relay, tables_uploads, tables_web
from mendrec.adapters.db.tables import METADATA

__all__ = ["METADATA", "tables_care", "tables_people", "tables_relay", "tables_uploads", "tables_web"]
