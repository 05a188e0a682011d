#!/usr/bin/env python3
"""Plants small bugs into a copy of the sources, one at a time, and counts how many the tests catch.

    scripts/planted-bugs.py [--only 3,17] [--jobs N] [--skip-build] [--scratch DIRECTORY]

scripts/planted-bugs.txt names every bug with the place, the present text, the defective text and
the tests that must catch it; its head explains the format. All bugs go into one copy of the tree
as switches that the environment variable LOOPDESK_PLANTED turns on, so one build serves them all;
the sources that ship have no switch. With no bug on, all those tests must pass; then each bug runs
against its own tests, and it is caught when that run fails.

The exit code is 0 when at least 95 % are caught. It is 2 when the list does not fit the sources
any more or the tests fail without a bug, so the list cannot rot unnoticed.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "scripts" / "planted-bugs.txt"
SHARE_MIN = 0.95
SWITCH = "Sources/TicketModel/PlantedBug.swift"
SWITCH_TEXT = """\
import Foundation

/// Which bug is on: only in the copy of the sources that scripts/planted-bugs.py makes.
package enum PlantedBug {
    private static let number = Int(ProcessInfo.processInfo.environment["LOOPDESK_PLANTED"] ?? "")

    @inline(never) package static func isOn(_ bug: Int) -> Bool { number == bug }
}
"""
# Programs and their tests are no part of this: they would only make the build longer.
MANIFEST_TAIL = """
let unneeded: Set = [
    "loopdesk", "loopdesk-hub", "loopdesk-bench", "loopdesk-sim", "loopdesk-laws", "Terminal",
    "Simulation", "Transport", "CommandLineTests", "EndToEndTests", "SimulationTests",
    "TransportTests", "TerminalTests", "TidyTests",
]
package.targets.removeAll { unneeded.contains($0.name) }
package.products = []
"""


class Bug:
    """One entry of the list."""

    def __init__(self, number, name):
        self.number, self.name = number, name
        self.file, self.caught = None, []
        self.present, self.defective, self.whole = [], [], []
        self.may_hang = False

    def replacement(self, present):
        """The text with the switch; `present` is the text as the file has it."""
        switch = f"PlantedBug.isOn({self.number})"
        if self.whole:
            return "\n".join(self.whole).replace("PLANTED", switch)
        return f"({switch} ? ({' '.join(self.defective)}) : ({present}))"


def fail(message):
    print(f"planted-bugs: {message}", file=sys.stderr)
    raise SystemExit(2)


def read_list():
    bugs, bug = [], None
    for line_number, line in enumerate(LIST.read_text().splitlines(), 1):
        where = f"{LIST.name}:{line_number}"
        if not line.strip() or line.startswith("#"):
            continue
        start = re.match(r"(\d+): (.+)$", line)
        if start:
            bug = Bug(int(start.group(1)), start.group(2))
            bugs.append(bug)
        elif bug is None:
            fail(f"{where}: an entry begins with its number")
        elif line.startswith("file "):
            bug.file = line[5:].strip()
        elif line.startswith("caught "):
            bug.caught += line[7:].split()
        elif line == "may hang":
            bug.may_hang = True
        elif line[0] in "-~+":
            {"-": bug.present, "~": bug.defective, "+": bug.whole}[line[0]].append(line[2:])
        else:
            fail(f"{where}: not understood: {line}")
    numbers = [bug.number for bug in bugs]
    for bug in bugs:
        if numbers.count(bug.number) > 1:
            fail(f"bug {bug.number} is there twice")
        if not (bug.file and bug.caught and bug.present and bool(bug.defective) != bool(bug.whole)):
            fail(f"bug {bug.number} lacks a file, a test, the present or the defective text")
    return bugs


def place(bug, text):
    """Where the present text stands; white space and line breaks do not matter."""
    pattern = r"\s+".join(re.escape(word) for word in " ".join(bug.present).split())
    found = list(re.finditer(pattern, text))
    if len(found) == 1:
        return found[0].span(), None
    return None, f"bug {bug.number} ({bug.name}): {len(found)} places in {bug.file}"


def planted(text, bugs):
    """The text of one file with all its bugs, and what does not fit."""
    places, problems = [], []
    for bug in bugs:
        span, problem = place(bug, text)
        if problem:
            problems.append(problem)
        else:
            places.append((span, bug))
    places.sort(key=lambda found: found[0])
    for (first, bug), (second, other) in zip(places, places[1:]):
        if second[0] < first[1]:
            problems.append(f"bugs {bug.number} and {other.number} overlap in {bug.file}")
    for (start, end), bug in reversed(places):
        text = text[:start] + bug.replacement(text[start:end]) + text[end:]
    return text, problems


def with_import(text, file):
    module = pathlib.Path(file).parts[1]
    if module == "TicketModel" or re.search(r"^import TicketModel$", text, re.M):
        return text
    return "import TicketModel\n" + text


def write_if_new(path, text, stamp=None):
    """Leaves a file alone that is right already, so that little is built again."""
    data = text if isinstance(text, bytes) else text.encode()
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if stamp:
        os.utime(path, ns=(stamp, stamp))


def plant(bugs):
    """The text of every file that has bugs; fails before anything is written."""
    by_file = {}
    for bug in bugs:
        by_file.setdefault(bug.file, []).append(bug)
    texts, problems = {}, []
    for file, bugs_of_file in by_file.items():
        if not (ROOT / file).is_file():
            problems.append(f"there is no {file}")
            continue
        text, found = planted((ROOT / file).read_text(), bugs_of_file)
        texts[file] = with_import(text, file)
        problems += found
    if problems:
        fail("the list does not fit the sources:\n  " + "\n  ".join(problems))
    return texts


def copy_tree(scratch, bugs):
    texts = plant(bugs)
    kept = {SWITCH}
    for top in ("Sources", "Tests", "protocol", "Package.resolved"):
        source = ROOT / top
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if path.is_file():
                file = path.relative_to(ROOT).as_posix()
                kept.add(file)
                if file in texts:
                    write_if_new(scratch / file, texts[file])
                else:
                    write_if_new(scratch / file, path.read_bytes(), path.stat().st_mtime_ns)
    write_if_new(scratch / SWITCH, SWITCH_TEXT)
    manifest = (ROOT / "Package.swift").read_text()
    manifest = manifest.replace(".treatAllWarnings(as: .error),", "") + MANIFEST_TAIL
    write_if_new(scratch / "Package.swift", manifest)
    for top in ("Sources", "Tests"):
        for path in (scratch / top).rglob("*"):
            if path.is_file() and path.relative_to(scratch).as_posix() not in kept:
                path.unlink()


def seed_build(scratch):
    """Takes over what was built of the packages we depend on."""
    if not (scratch / ".build").exists() and (ROOT / ".build").exists():
        # Modules of the system are compiled for one place only.
        shutil.copytree(
            ROOT / ".build", scratch / ".build", symlinks=True,
            ignore=shutil.ignore_patterns("ModuleCache"))


def test_program(scratch):
    shown = subprocess.run(
        ["swift", "build", "--show-bin-path"], cwd=scratch, check=True, capture_output=True,
        text=True)
    programs = list(pathlib.Path(shown.stdout.strip()).glob("*.xctest"))
    if len(programs) != 1:
        fail(f"one test program was expected in {shown.stdout.strip()}, found {len(programs)}")
    return programs[0]


def run(program, scratch, filters, bug, seconds, states):
    """Runs tests; returns the outcome (`passed`, `failed` or `hung`), the output and the time."""
    command = [str(program), "--testing-library", "swift-testing"]
    for name in filters:
        command += ["--filter", name]
    environment = dict(os.environ, LOOPDESK_CRASH_STATES=str(states))
    environment.setdefault("LOOPDESK_TEST_SEED", "20231027")
    environment.pop("LOOPDESK_PLANTED", None)
    if bug:
        environment["LOOPDESK_PLANTED"] = str(bug.number)
    started = time.monotonic()
    process = subprocess.Popen(
        command, cwd=scratch, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True)
    try:
        output, _ = process.communicate(timeout=seconds)
        outcome = "passed" if process.returncode == 0 else "failed"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        outcome = "hung"
    return outcome, output.decode(errors="replace"), time.monotonic() - started


def tests_count(output):
    counts = re.findall(r"Test run with (\d+) tests?", output)
    return int(counts[-1]) if counts else 0


def witness(output):
    """The first test that failed, or how the program ended."""
    failed = re.search(r"Test (\S.*?) (?:with .*?)?recorded an issue", output)
    if failed:
        return failed.group(1).strip('"')
    trap = re.search(r"(Fatal error|Precondition failed|preconditionFailure): ?(.{0,60})", output)
    return f"trap: {trap.group(2)}" if trap else "the program ended"


def main():
    options = argparse.ArgumentParser(description="Counts how many planted bugs the tests catch.")
    options.add_argument("--scratch", type=pathlib.Path, default=ROOT / ".build-planted")
    options.add_argument("--only", default="", help="numbers of bugs, separated by commas")
    options.add_argument("--jobs", type=int, default=2, help="bugs that are tried at once")
    options.add_argument("--seconds", type=int, default=180, help="the time limit of a run")
    options.add_argument("--crash-states", type=int, default=300)
    options.add_argument("--prepare-only", action="store_true", help="only write the copy")
    options.add_argument("--skip-build", action="store_true", help="take the copy as it is built")
    options = options.parse_args()
    scratch = options.scratch.resolve()
    bugs = read_list()
    if not options.skip_build:
        copy_tree(scratch, bugs)
        if options.prepare_only:
            print(f"planted-bugs: {len(bugs)} bugs fit the sources; the copy is in {scratch}")
            return 0
        seed_build(scratch)
        subprocess.run(["swift", "build", "--build-tests"], cwd=scratch, check=True)
    program = test_program(scratch)
    chosen = {int(number) for number in options.only.split(",") if number}
    bugs = [bug for bug in bugs if not chosen or bug.number in chosen]

    filters = sorted({name for bug in bugs for name in bug.caught})
    outcome, output, seconds = run(
        program, scratch, filters, None, 4 * options.seconds, options.crash_states)
    print(f"no bug: {tests_count(output)} tests {outcome} in {seconds:.0f} s", flush=True)
    if outcome != "passed":
        print(output[-4000:])
        fail("the tests fail without a bug")

    def attempt(bug):
        return run(
            program, scratch, bug.caught, bug, options.seconds, options.crash_states)

    missed = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, options.jobs)) as pool:
        for bug, (outcome, output, seconds) in zip(bugs, pool.map(attempt, bugs)):
            is_caught = outcome == "failed" or outcome == "hung" and bug.may_hang
            by = witness(output) if outcome == "failed" else outcome
            if not is_caught:
                missed.append(bug)
                by = f"{outcome}, {tests_count(output)} tests of {' '.join(bug.caught)}"
            print(
                f"{bug.number:>4}  {'caught' if is_caught else 'MISSED'}  {seconds:5.1f} s  "
                f"{bug.name}\n{'':24}{by}", flush=True)
    caught = len(bugs) - len(missed)
    print(f"\n{caught} of {len(bugs)} planted bugs caught: {100 * caught / len(bugs):.1f} %")
    for bug in missed:
        print(f"  missed: {bug.number} {bug.name}")
    return 0 if caught >= SHARE_MIN * len(bugs) else 1


if __name__ == "__main__":
    sys.exit(main())
