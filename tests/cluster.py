"""A PostgreSQL server for tests that store something, started for the session."""

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


def _program(name: str) -> str | None:
    """Return the path of a PostgreSQL program: from PATH, or from Debian's folder."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or (str(installed[0]) if installed else None)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """Start a database server; returns the folder of its socket."""
    pytest.importorskip("psycopg", reason="the PostgreSQL driver isn't installed (extra: postgres)")
    initdb, control = _program("initdb"), _program("pg_ctl")
    if initdb is None or control is None:
        pytest.skip("PostgreSQL's initdb and pg_ctl are neither on the path nor under /usr/lib/postgresql")
    # The path of a Unix socket is limited to about 100 characters, and the server's user must be able to enter it.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root; pytest-postgresql cannot change the user.
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
    """Create an empty database; returns its URL."""
    from psycopg import connect  # noqa: PLC0415 - an extra

    with connect(host=str(cluster), user="tester", dbname="postgres", autocommit=True) as connection:
        found = connection.execute("SELECT count(*) FROM pg_database").fetchone()
        assert found is not None
        name = f"state{found[0]}"
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql+psycopg://tester@/{name}?host={cluster}"
