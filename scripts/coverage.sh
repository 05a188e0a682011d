#!/usr/bin/env bash
# Runs the suites of the merge with coverage and shows what they reach of Sources/Replication/Merge;
# fails unless every region and every branch is reached.
#
#   scripts/coverage.sh [FILTER]    FILTER is what `swift test` runs, the merge's suites by default
#
# llvm-cov has no branch counters from Swift: the compiler emits regions only. An arm of `if`,
# `guard`, `switch`, `?:`, `??`, `&&`, `||` and `catch` is a region of its own; the one outcome that
# is none, a condition that was never false, is told from counts: scripts/branches.swift finds it.
set -euo pipefail
cd "$(dirname "$0")/.."

filter=${1:-'^(ReplicationTests|LawTests)\.'}
measured=Sources/Replication/Merge
scratch=.build-coverage
swift=${SWIFT:-swift}

# The tools of another LLVM cannot read what this compiler's programs write.
toolchain=$(dirname "$(readlink -f "$(command -v "$swift")")")
cover=$toolchain/llvm-cov
[[ -x $cover ]] || {
    echo "coverage: there is no llvm-cov beside $("$swift" --version 2>/dev/null | head -n 1)" >&2
    exit 1
}

# Counters are not atomic: tests side by side lose counts, and what is told by a difference of two
# large counts would then seem not to be reached.
"$swift" test --scratch-path "$scratch" --enable-code-coverage --no-parallel --filter "$filter"

products=$("$swift" build --scratch-path "$scratch" --show-bin-path)
profile=$products/codecov/default.profdata
tests=$products/loopdeskPackageTests.xctest

"$cover" report "$tests" -instr-profile="$profile" --show-branch-summary=false "$measured"
"$cover" export "$tests" -instr-profile="$profile" -format=text "$measured" \
    >"$scratch/coverage.json"
"$swift" scripts/branches.swift "$scratch/coverage.json" "$measured"
