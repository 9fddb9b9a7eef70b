"""Run a command with DATABASE_URL naming a PostgreSQL of its own.

``python scripts/with_postgresql.py COMMAND …`` makes an empty cluster in a temporary
directory, reachable through a unix socket there and nowhere else, and removes it
when the command is done, also after Ctrl-C or a failure. The exit code is the command's.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from system_packages import postgresql_programs  # noqa: E402

ROLE = "trygghet"
# The cluster lives for minutes: nothing needs to survive a power cut.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "log_min_messages": "warning",
}


def server_account():
    """The account that may run PostgreSQL, which refuses root: None for the one we already are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    sys.exit("PostgreSQL refuses to run as root, and there is no account postgres or nobody to run it as.")


@contextmanager
def cluster():
    """A running PostgreSQL with the database ``trygghet``; yields the folder of its socket."""
    programs, account = postgresql_programs(), server_account()
    if programs is None:
        sys.exit("PostgreSQL is not installed; see scripts/system_packages.py.")
    # Not TMPDIR: a unix socket's path may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="trygghet-pg-", dir="/tmp"))
    as_account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)

    def run(program, *arguments):
        command = [programs / program, "-D", folder / "data", *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **as_account)

    options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
    try:
        require(run("initdb", "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"))
        require(run("pg_ctl", "-w", "-l", folder / "log", "-o", f"-k '{folder}' {options}", "start"), folder / "log")
        yield folder
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def require(done, log=None):
    """Exit with what the program said, if it failed."""
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}{log.read_text() if log and log.exists() else ''}")


def call(command, environment):
    """The command's exit code; it is asked to stop when we are."""
    with subprocess.Popen(command, env=environment) as process:
        try:
            return process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise


def main(command):
    """Run the command on the cluster; the exit code."""
    for wanted in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, lambda number, frame: sys.exit(128 + number))
    with cluster() as folder:
        environment = {**os.environ, "PGUSER": ROLE, "DATABASE_URL": f"postgres:///{folder}/postgres"}
        return call(command, environment)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
