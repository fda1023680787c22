"""People who do not exist. The names are of plants and metals, so that nobody takes them for patients."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

AS_OF = date(2026, 6, 30)
"""The day on which all sample histories end; fixed, so that the same seed gives the same bytes for ever."""

_GIVEN_NAMES = {
    "female": ("Althea", "Bryony", "Clover", "Iris", "Linnea", "Rowena", "Senna", "Viola"),
    "male": ("Alder", "Basil", "Corin", "Heath", "Jarrah", "Linden", "Reed", "Sorrel"),
}
_FAMILY_NAMES = ("Antimony", "Bismuth", "Cerium", "Erbium", "Gallium", "Holmium", "Iridium", "Niobium", "Osmium")
_TOWNS = ("Sampleton", "Mock Hollow", "Testbury")


@dataclass(frozen=True, slots=True)
class Person:
    """A synthetic patient and the traits that shape the history."""

    id: str
    given_name: str
    family_name: str
    gender: str
    birth_date: date
    town: str
    height_cm: float
    weight_kg: float
    is_diabetic: bool
    is_hypertensive: bool

    @property
    def slug(self) -> str:
        """File-system name."""
        return f"{self.given_name}-{self.family_name}-{self.id[:8]}".lower()


def make_id(rng: Random) -> str:
    """Returns a version 4 UUID from the seeded generator."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def make_person(rng: Random) -> Person:
    """Returns somebody between 25 and 80 years old."""
    gender = rng.choice(("female", "male"))
    height_cm = rng.gauss(163 if gender == "female" else 176, 6)
    return Person(
        id=make_id(rng),
        given_name=rng.choice(_GIVEN_NAMES[gender]),
        family_name=rng.choice(_FAMILY_NAMES),
        gender=gender,
        birth_date=AS_OF - timedelta(days=rng.randrange(25 * 365, 80 * 365)),
        town=rng.choice(_TOWNS),
        height_cm=round(height_cm, 1),
        weight_kg=round(rng.gauss(26, 3.5) * (height_cm / 100) ** 2, 1),
        is_diabetic=rng.random() < 0.4,
        is_hypertensive=rng.random() < 0.5,
    )
