"""A PostgreSQL of the tests' own, for whoever stores something."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

__all__ = ["cluster", "postgres"]


def _found(program: str) -> str | None:
    """A program of PostgreSQL: on the path, or where Debian keeps it."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)
    return shutil.which(program) or (str(places[0]) if places else None)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """The folder with the socket of a database server of the tests' own."""
    pytest.importorskip("psycopg", reason="the PostgreSQL driver isn't installed (extra: postgres)")
    initdb, control = _found("initdb"), _found("pg_ctl")
    if initdb is None or control is None:
        pytest.skip("PostgreSQL's initdb and pg_ctl are neither on the path nor under /usr/lib/postgresql")
    # Socket paths are short by law, and the folder must be open to whoever runs the server.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        user = next(
            pwd.getpwnam(name) for name in ("postgres", "nobody") if name in {u.pw_name for u in pwd.getpwall()}
        )
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def run(*arguments: str) -> None:
        plain = os.environ | {"LC_ALL": "C", "HOME": str(folder)}
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, env=plain, cwd=folder, **as_user)

    data = str(folder / "data")
    run(initdb, "-D", data, "-U", "tester", "--auth=trust", "-E", "UTF8", "--no-sync")
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    run(control, "-D", data, "-l", str(folder / "log"), "-o", options, "-w", "start")
    yield folder
    run(control, "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder)


@pytest.fixture
def postgres(cluster: Path) -> str:
    """The URL of an empty database."""
    from psycopg import connect  # noqa: PLC0415 - an extra

    with connect(host=str(cluster), user="tester", dbname="postgres", autocommit=True) as connection:
        found = connection.execute("SELECT count(*) FROM pg_database").fetchone()
        assert found is not None
        name = f"state{found[0]}"
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql+psycopg://tester@/{name}?host={cluster}"
