#!/usr/bin/env bash
# Runs the fuzzers of build/fuzz (tests/fuzz/fuzz_<target>.c), one after another.
#
#   tools/fuzz.sh [TARGET|all [SECONDS]]
#
# Seeds come from tests/fuzz/corpus/<target>/. What a run finds new goes to build/fuzz/corpus, and
# an input that breaks something to build/fuzz/findings: add it to the seeds when it is mended.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=${1:-all}
seconds=${2:-60}
passed=0
failed=0

fuzz()
{
    local name=$1 seeds=tests/fuzz/corpus/$1 found=build/fuzz/corpus/$1
    mkdir -p "$found" build/fuzz/findings
    [ -d "$seeds" ] || seeds=''
    echo "== $name, $seconds s"
    # shellcheck disable=SC2086
    "build/fuzz/tests/fuzz/fuzz_$name" "$found" $seeds -max_total_time="$seconds" -timeout=60 \
        -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/findings/$name-" 2>&1 |
        grep -vE '(NEW|REDUCE|RELOAD|pulse) |# Uses:|^#####'
}

if [ "$target" = all ]; then
    targets=$(find tests/fuzz -maxdepth 1 -name 'fuzz_*.c' | sed 's/.*fuzz_//; s/\.c$//' | sort)
else
    targets=$target
fi
for name in $targets; do
    if fuzz "$name"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "fuzz: $name failed" >&2
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
