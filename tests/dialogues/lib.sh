# Shared by run and oracle; sourced at the top of the checkout.
# shellcheck shell=bash

# Most dialogues wait most of the time: many at once cost little.
PLAYERS=6

# Prints the files among the arguments (all, if there are none) that do or do not need the limited
# user, one a line.
dialogues_limited()
{
    dialogues_listed "$@" | xargs grep -l '^needs limited$' || true
}

dialogues_unlimited()
{
    dialogues_listed "$@" | xargs grep -L '^needs limited$' || true
}

dialogues_listed()
{
    if [ $# -gt 0 ]; then
        printf '%s\n' "$@"
    else
        find tests/dialogues -mindepth 2 -name '*.txt' | sort
    fi
}

# play_listed PLAYER OPTION...: plays the files that standard input lists. The sums tell how it
# went, not the status.
play_listed()
{
    xargs -r -P $PLAYERS -n 8 "$@" || true
}

# play_wrong PLAYER OPTION...: plays the dialogues in wrong/, which say what is not true. The player
# must find every one of them out.
play_wrong()
{
    find tests/dialogues/wrong -name '*.wrong' | sort | play_listed "$@" |
        sed -n -e 's/^not ok \(.*\)/ok \1 (is found out)/p; t' \
            -e 's/^ok \(.*\)/not ok \1 (is not found out)/p' \
            -e 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\2 passed, \1 failed/p'
}

# Passes everything on but the sums of single runs, which become one, the last line. Fails if any
# dialogue failed, or if there was none.
sum_up()
{
    awk '/^[0-9]+ passed, [0-9]+ failed/ { passed += $1; failed += $3; next }
         { print }
         END {
             printf "%d passed, %d failed\n", passed, failed
             exit failed > 0 || passed == 0
         }'
}
