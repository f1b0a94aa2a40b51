#!/usr/bin/env bash
# Every test of the project, in steps: `./dev test`.
#
#   tools/test.sh [STEP...]
#
# A step's output goes to build/test-logs/<step>.log; if the step fails, its complaints are shown, and
# its end. The last line on standard output is the sum over all steps, `N passed, N failed`. A step
# that has no counts of its own (a build, say) counts as one.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/lib.sh

logs=build/test-logs
TAIL_LINES=40
COMPLAINT_LINES=80
COMPLAINT='^not ok|\*\*\*(Failed|Timeout|Exception)|check failed|FAILED:|WRONG:|Sanitizer|error:'
SIM_SEEDS=1000
CRASH_ROUNDS=10
FUZZ_SECONDS=5

export NINJA_FLAGS='--quiet -k 0' # all errors of a build, and nothing else
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

# A row is a step, the function step_<name>, with the seconds that it may take: several times what
# it takes on two quiet cores. All of them together may take TOTAL_SECONDS.
TOTAL_SECONDS=1560
STEPS='
gcc          600
clang        600
sanitize     900
format       120
unit         600
dialogues    600
integration  600
admin        300
ctl          300
interop      600
sim          600
crash        600
fuzz         600
'

step_gcc()
{
    configure build -DCMAKE_BUILD_TYPE=Release -DTESTS=OFF
    compile build
}

step_clang()
{
    configure build/clang -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug
    compile build/clang
}

step_sanitize()
{
    build_sanitized
}

step_format()
{
    c_files | xargs -0 clang-format --dry-run -Werror --ferror-limit=1
}

# Tests of the build with sanitizers; the arguments select some.
run_ctest()
{
    ctest --test-dir build/sanitize --output-on-failure --no-tests=error --timeout 300 "$@"
}

step_unit()
{
    run_ctest -j "$(nproc)" --exclude-regex '^integration\.'
}

step_dialogues()
{
    tests/dialogues/run build/sanitize $logs
}

# Every program is a test, and most of them wait most of the time; those that measure memory run the
# broker of step gcc.
step_integration()
{
    local programs known
    programs=$(find tests/integration -name '[0-9]*.c' | wc -l)
    known=$(ctest --test-dir build/sanitize --show-only -R '^integration\.' |
        sed -n 's/^Total Tests: //p')
    if [ "$known" != "$programs" ]; then
        echo "test: $programs programs in tests/integration, but ctest knows $known"
        return 1
    fi
    run_ctest -j $((2 * $(nproc))) --tests-regex '^integration\.'
}

# RabbitMQ's own command line against our management, and what a RabbitMQ has exported.
step_admin()
{
    tools/with-broker build/sanitize/leveret $logs/admin-broker.log tests/admin/run
}

# The command line; that of step gcc for its time.
step_ctl()
{
    {
        tools/with-broker build/sanitize/leveret $logs/ctl-admin-broker.log \
            tests/admin/rabbitmqadmin build/sanitize/rabbitmqadmin
        tools/with-broker build/sanitize/leveret $logs/ctl-broker.log \
            tests/ctl/commands build/sanitize build
        tools/with-broker build/sanitize/leveret $logs/ctl-outputs-broker.log \
            tests/ctl/outputs build/sanitize
        tests/ctl/rabbitmqadmin build/sanitize
    } | awk -f tools/sum_up.awk
}

step_interop()
{
    # shellcheck disable=SC2016 # the inner shell expands it
    tools/with-broker build/leveret $logs/interop-broker.log \
        bash -c 'exec interop/run --uri "$LEVERET_URI"'
}

step_sim()
{
    build/sanitize/leveret-sim --seeds $SIM_SEEDS
}

# The broker of step gcc: a sanitizer's would not go with the library that keeps unsynced writes.
step_crash()
{
    LEVERET_BINARY=$PWD/build/leveret build/sanitize/leveret-crash --rounds $CRASH_ROUNDS
}

step_fuzz()
{
    build_fuzzers
    tools/fuzz.sh all $FUZZ_SECONDS
}

# Reads a log; prints `passed failed skipped closing-line` by the last line that sums up, or nothing.
counts_of()
{
    /usr/bin/python3 - "$1" <<'END'
import re
import sys

OURS = re.compile(r'(\d+) passed, (\d+) failed(?:, (\d+) skipped)?')
SKIPPED = re.compile(r'^(\d+) skipped$')
CTEST = re.compile(r'tests passed, (\d+) tests? failed out of (\d+)')
found, extra = '', 0
for line in open(sys.argv[1], errors='replace'):
    ours, ctest, skipped = OURS.search(line), CTEST.search(line), SKIPPED.search(line)
    if skipped:
        extra = skipped[1]
    elif ours:
        found = '%s %s %s %s' % (ours[1], ours[2], ours[3] or extra, line.strip())
    elif ctest:
        failed, total = int(ctest[1]), int(ctest[2])
        found = '%d %d 0 %s' % (total - failed, failed, line.strip())
print(found)
END
}

total_passed=0
total_failed=0
total_skipped=0
rows=''
running=''

# A step may go on for long behind the test that failed.
show_failure()
{
    grep -nE -B 3 -A 6 "$COMPLAINT" "$1" | head -n $COMPLAINT_LINES | sed 's/^/   | /'
    printf '   ...\n'
    tail -n $TAIL_LINES "$1" | sed 's/^/   | /'
}

run_step()
{
    local name=$1 limit=$2 log=$logs/$1.log started=$SECONDS status=0
    local passed failed skipped closing verdict=ok
    printf '== %s\n' "$name"
    timeout --kill-after=10 "$limit" bash "$0" --step "$name" >"$log" 2>&1 &
    running=$!
    wait $running || status=$?
    running=''
    read -r passed failed skipped closing < <(counts_of "$log")
    if [ -z "${closing:-}" ]; then
        passed=$((status == 0)) failed=$((status != 0)) skipped=0 closing=''
    elif [ $status -ne 0 ] && [ "$failed" -eq 0 ]; then
        failed=1 # whatever the sum says, the step ended badly
    fi
    if [ $status -ne 0 ] || [ "$failed" -ne 0 ]; then
        verdict=FAILED
        show_failure "$log"
        printf '   the end of %s (exit code %d)\n' "$log" $status
    fi
    [ -z "$closing" ] || printf '%s\n' "$closing"
    total_passed=$((total_passed + passed))
    total_failed=$((total_failed + failed))
    total_skipped=$((total_skipped + skipped))
    rows+=$(printf '%-12s %-7s %7d %7d %8d %8d' "$name" $verdict "$passed" "$failed" "$skipped" \
        $((SECONDS - started)))$'\n'
}

print_summary()
{
    local started=$1
    printf '\n%-12s %-7s %7s %7s %8s %8s\n' step result passed failed skipped seconds
    printf '%s' "$rows"
    printf '%-12s %-7s %7d %7d %8d %8d\n\n' total '' $total_passed $total_failed $total_skipped \
        $((SECONDS - started))
    printf '%d passed, %d failed' $total_passed $total_failed
    [ $total_skipped -eq 0 ] || printf ', %d skipped' $total_skipped
    printf '\n'
}

if [ "${1:-}" = --step ]; then
    set -e
    "step_$2"
    exit 0
fi

for wanted in "$@"; do
    if ! grep -q "^$wanted " <<<"$STEPS"; then
        echo "test: no step $wanted; there are: $(awk '{printf "%s ", $1}' <<<"$STEPS")" >&2
        exit 2
    fi
done
trap '[ -z "$running" ] || kill "$running" 2>/dev/null; exit 130' INT TERM
mkdir -p $logs
begun=$SECONDS
while read -r name limit; do
    if [ -n "$name" ] && { [ $# -eq 0 ] || [[ " $* " == *" $name "* ]]; }; then
        left=$((begun + TOTAL_SECONDS - SECONDS))
        left=$((left > 1 ? left : 1))
        run_step "$name" $((limit < left ? limit : left)) </dev/null
    fi
done <<<"$STEPS"
print_summary "$begun"
[ $total_failed -eq 0 ] && [ $total_passed -gt 0 ]
