# Runs the checks of one script and reports them, one line per check, then the plan `1..N`, by
# which `interop/run` sees that a script did not stop half-way. The shell's twin of checks.py.
#
# The script sets `client`, sources this file, defines `clean` (which deletes the queues that are
# named in the file $queues), calls `check` for each of its checks, and then `finish`.
# shellcheck shell=sh disable=SC2154

uri=${1:-amqp://guest:guest@127.0.0.1:5672/%2F}
case $uri in
*/) uri=$uri%2F ;; # A bare trailing slash means the virtual host `/`.
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
queues=$work/queues
passed=0
failed=0

# new_queue [noun]: prints a name that nobody else uses, and remembers it for the clean-up.
new_queue()
{
    name=interop.$client.$$.$(od -An -N4 -tx4 /dev/urandom | tr -d ' ').${1:-queue}
    echo "$name" >>"$queues"
    echo "$name"
}

# check <sentence> <function>: the function runs in a shell of its own, where any command that
# fails ends it.
check()
{
    : >"$queues"
    (
        set -e
        "$2"
    ) >"$work/output" 2>&1
    code=$?
    clean >>"$work/output" 2>&1 || code="$code, and the clean-up failed"
    if [ "$code" = 0 ]; then
        passed=$((passed + 1))
        echo "ok - $client: $1"
    else
        failed=$((failed + 1))
        echo "not ok - $client: $1"
        sed 's/^/#   /' "$work/output"
        echo "#   ended with $code"
    fi
}

finish()
{
    echo "1..$((passed + failed))"
    [ "$failed" -eq 0 ] && exit 0
    exit 1
}

# equal <actual> <expected> <what>
equal()
{
    [ "$1" = "$2" ] && return 0
    echo "$3 is '$1', expected '$2'"
    return 1
}

# wait_until <seconds> <command...>: the command is tried until it succeeds.
wait_until()
{
    tries=$(($1 * 10))
    shift
    while ! "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "waited in vain for: $*"; return 1; }
        sleep 0.1
    done
}

# refused <text> <command...>: the command must fail, and say the text.
refused()
{
    text=$1
    shift
    if "$@" >"$work/refusal" 2>&1; then
        echo "not refused: $*"
        return 1
    fi
    grep -qF -- "$text" "$work/refusal" || { cat "$work/refusal"; echo "expected: $text"; return 1; }
}
