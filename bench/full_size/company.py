"""A company of any size: people in teams, and the services that they run."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from models.people import Person, Service

FIRST_NAMES = "Ada Bela Chen Dara Eero Fay Goran Hana Ines Jun Kofi Lena Mika Noor Olga Pia".split()
LAST_NAMES = "Lind Moreau Okafor Petrova Haddad Katz Roux Novak Sørensen Ito Díaz Öz Nair".split()
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Asia/Kolkata", "UTC")
TEAM_SIZE = 12
SERVICES_PER_TEAM = 2
KINDS = "api web worker cache queue search store gateway".split()
AREAS = "checkout billing login catalogue shipping mail media ledger fraud profile".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Everybody, the people of each team, and the services with the team that runs each."""

    people: tuple[Person, ...]
    teams: dict[str, tuple[str, ...]]
    services: tuple[Service, ...]
    team_by_service: dict[str, str]

    def choose_members(self, random: Random, service: str, count: int) -> list[str]:
        """Choose so many people, each once, most of them of the team that runs a service.

        Some are far busier than others, as everywhere.
        """
        members = list(self.teams[self.team_by_service[service]])
        while len(members) < count * 2:
            members.append(self.people[int(len(self.people) * random.random() ** 3)].address)
        weighted = sorted(set(members), key=lambda who: random.random() * (1 + members.index(who)))
        return weighted[:count]


def build_company(size: int, random: Random) -> Company:
    """Build a company of so many people, a tenth of whom have another address or have left."""
    people = tuple(_build_person(number, size, random) for number in range(size))
    teams: dict[str, tuple[str, ...]] = {}
    for person in people:
        teams[person.team] = (*teams.get(person.team, ()), person.address)
    names = {
        f"{AREAS[number % len(AREAS)]}-{KINDS[number % len(KINDS)]}-{number}": team
        for number, team in enumerate(team for team in teams for _ in range(SERVICES_PER_TEAM))
    }
    services = tuple(_build_service(name, teams[team], random) for name, team in names.items())
    return Company(people=people, teams=teams, services=services, team_by_service=names)


def _build_person(number: int, size: int, random: Random) -> Person:
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)]
    team = number // TEAM_SIZE
    return Person(
        address=f"{first}.{number}@company.example".lower(),
        name=f"{first} {last}",
        zone=random.choice(ZONES),
        team=f"Team {team}",
        manager="" if number == 0 else f"{FIRST_NAMES[0]}.0@company.example".lower(),
        gone=number % 40 == 39 and number < size - 1,  # noqa: PLR2004  (one in forty has left)
        aliases=(f"{first[0]}{number}@old.company.example".lower(),) if number % 10 == 0 else (),
    )


def _build_service(name: str, team: tuple[str, ...], random: Random) -> Service:
    lead, facilitator = random.choice(team), random.choice(team)
    return Service(name=name, lead=lead, facilitator=facilitator, sponsor=team[0])
