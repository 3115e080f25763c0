"""PostgreSQL and Valkey for one machine, started when needed and shared between processes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.embedded.places import PROJECT, find_place
from cxm.embedded.postgres import APPLICATION, OWNER, SUPERUSER, Postgres
from cxm.embedded.purpose import Purpose
from cxm.embedded.sharing import revive, shared
from cxm.embedded.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from cxm.embedded.places import Place
    from cxm.embedded.sharing import Server


@dataclass(frozen=True, slots=True)
class DatabaseAddresses:
    """Addresses of one database, as `postgresql://role:password@host:port/name`."""

    database_url: str
    owner_url: str
    superuser_url: str


@dataclass(frozen=True, slots=True)
class Addresses(DatabaseAddresses):
    """Addresses of everything that the product needs."""

    redis_url: str


@contextmanager
def servers_running(
    *, project: Path = PROJECT, purpose: Purpose = Purpose.LOCAL
) -> Iterator[Addresses]:
    """Keep PostgreSQL and Valkey up for the block; see `postgres_running`."""
    with (
        postgres_running(project=project, purpose=purpose) as database,
        valkey_running(project=project, purpose=purpose) as redis_url,
    ):
        yield Addresses(
            database_url=database.database_url,
            owner_url=database.owner_url,
            superuser_url=database.superuser_url,
            redis_url=redis_url,
        )


@contextmanager
def postgres_running(
    *, project: Path = PROJECT, purpose: Purpose = Purpose.LOCAL
) -> Iterator[DatabaseAddresses]:
    """Keep the PostgreSQL of *project* up for the block, with its roles and database.

    A server that is up already is used. The last user to leave, of all processes, stops it.
    Raises ServerError, with words for people, when it cannot be started.
    """
    place = server_place(project, purpose)
    server = Postgres(place, purpose)
    with shared(server, place.home):
        yield DatabaseAddresses(
            database_url=server.url(APPLICATION),
            owner_url=server.url(OWNER),
            superuser_url=server.url(SUPERUSER),
        )


@contextmanager
def valkey_running(*, project: Path = PROJECT, purpose: Purpose = Purpose.LOCAL) -> Iterator[str]:
    """Keep the Valkey of *project* up for the block and give its address; as PostgreSQL."""
    place = server_place(project, purpose)
    server = Valkey(place, purpose)
    with shared(server, place.home):
        yield server.url()


def revive_servers(
    names: Collection[str], *, project: Path = PROJECT, purpose: Purpose = Purpose.LOCAL
) -> list[str]:
    """Start those of the servers *names* that have died under their users; give their names.

    *names* are of "postgres" and "valkey", of which the caller must be a user.
    """
    place = server_place(project, purpose)
    servers: list[Server] = [Postgres(place, purpose), Valkey(place, purpose)]
    return [
        server.name for server in servers if server.name in names and revive(server, place.home)
    ]


def server_place(project: Path, purpose: Purpose) -> Place:
    """Give the folder of the servers of *project*; those of the tests have one inside it."""
    place = find_place(project)
    return place if purpose is Purpose.LOCAL else place.inside(purpose.value)
