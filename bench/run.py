"""Measure pages, exports, import and decision against the bare libraries; print JSON.

``python bench/run.py [--sizes 31 300 3000] [--districts 11 290] [--subjects page xlsx report …] [--budget SECONDS]``

A plan is measured with so many actions, the annual report with so many
districts of 40 actions each.

Each subject is timed in a process of its own, set up as a server's, ours and
bare by turns, as many times as the time allows. The medians are given in
milliseconds of processor time, so that what else the machine does takes no
part. Peak memory is that of a process that does the work once (the resident
set, Python and libraries included). What takes longer than the budget, by the
clock, says so instead. The database is a temporary SQLite file.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
SIZES = (31, 300, 3000)
DISTRICTS = (11, 290)
NAMES = ("page", "xlsx", "pdf", "import", "decide", "diff", "city", "frozen")
REPORT_NAMES = ("report", "report_document", "report_xlsx", "report_pdf", "report_published")
LEAST_RUNS, MOST_RUNS, ENOUGH_SECONDS, LONG_SECONDS = 3, 15, 10, 60


def main():
    """Measure what is asked for and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, help="numbers of actions")
    parser.add_argument("--districts", nargs="+", type=int, default=DISTRICTS, help="numbers of districts")
    parser.add_argument("--subjects", nargs="+", choices=NAMES + REPORT_NAMES, default=NAMES + REPORT_NAMES)
    parser.add_argument("--budget", type=int, default=600, help="seconds for one measurement (default 600)")
    parser.add_argument("--child", nargs=3, metavar=("WHAT", "FOLDER", "SIZE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        what, folder, size = options.child
        print(json.dumps(child(what, Path(folder), int(size))))
        return
    results = {name: {} for name in options.subjects}
    with tempfile.TemporaryDirectory(prefix="trygghet-bench-") as root:
        for prepare, names, unit, sizes in (
            ("prepare", NAMES, "actions", options.sizes),
            ("prepare_report", REPORT_NAMES, "districts", options.districts),
        ):
            wanted = [name for name in options.subjects if name in names]
            for size in sizes if wanted else ():
                folder = Path(root) / f"{size}-{unit}"
                folder.mkdir()
                said(f"{size} {unit}")
                in_child(prepare, folder, size, budget=None)
                for name in wanted:
                    said(f"  {name}")
                    results[name][str(size)] = measured(name, folder, size, options.budget)
    machine = {"python": platform.python_version(), "cpus": os.cpu_count(), "load": os.getloadavg()[0]}
    print(json.dumps({"machine": machine, "results": results}, indent=2))


def said(line):
    """Tell the waiting person how far it has come, beside the JSON."""
    print(line, file=sys.stderr, flush=True)


def measured(name, folder, size, budget):
    """One subject at one size: times, ratio, queries, peak memory; or why it was skipped."""
    try:
        result = in_child(f"time:{name}", folder, size, budget=budget)
        for side in ("ours", "bare"):
            result[f"{side}_peak_mb"] = in_child(f"{side}:{name}", folder, size, budget=budget)
    except subprocess.TimeoutExpired:
        return {"skipped": f"took more than the budget of {budget} s"}
    return result


def in_child(what, folder, size, *, budget):
    """Do it in a process of its own and return what that one prints."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "MEDIA_ROOT": str(folder / "files"),
        "DJANGO_SETTINGS_MODULE": "trygghet.settings",
        "SECRET_KEY": "only-for-measuring-0123456789-abcdefghijklmnopqrstuvwxyz",
        "DEMO": "true",
        "DEBUG": "",
        "PYTHONPATH": str(BASE),
    }
    command = [sys.executable, __file__, "--child", what, str(folder), str(size)]
    done = subprocess.run(command, env=environment, cwd=BASE, timeout=budget, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def child(what, folder, size):
    """Prepare, time, or do once."""
    from django.conf import settings

    import trygghet.wsgi  # noqa: F401 (it sets everything up)

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    task, _, name = what.partition(":")
    if task in ("prepare", "prepare_report"):
        return prepared(task, folder, size)
    from bench.report_subjects import SUBJECTS

    subject = SUBJECTS[name](folder)
    if task == "time":
        return timed(name, subject)
    getattr(subject, task)()
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def prepared(task, folder, size):
    """Make the database and what the bare libraries are given."""
    from django.core.management import call_command

    from bench.fixture import prepare
    from bench.report_fixture import prepare_report

    call_command("migrate", verbosity=0)
    {"prepare": prepare, "prepare_report": prepare_report}[task](folder, size)
    return True


def timed(name, subject):
    """Ours and bare by turns, so that whatever else the machine does is shared."""
    from bench.report_subjects import AIMS, PAGES

    times = {"ours": [], "bare": []}
    if name in PAGES:
        subject.ours(), subject.bare()  # compile the templates, which a server does once
    began = time.perf_counter()
    while len(times["ours"]) < LEAST_RUNS or time.perf_counter() - began < ENOUGH_SECONDS:
        for side, taken in times.items():
            before = time.process_time()
            getattr(subject, side)()
            taken.append(time.process_time() - before)
        if len(times["ours"]) == MOST_RUNS or time.perf_counter() - began > LONG_SECONDS:
            break  # what takes minutes hardly varies
    ours, bare = (statistics.median(taken) * 1000 for taken in times.values())
    return {
        "ratio": round(ours / bare, 2),
        "aim": AIMS[name],
        "ours_ms": round(ours, 1),
        "bare_ms": round(bare, 1),
        "runs": len(times["ours"]),
        "queries": subject.queries(),
    }


if __name__ == "__main__":
    main()
