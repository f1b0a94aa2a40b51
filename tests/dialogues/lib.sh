# Shared by run and oracle; sourced at the top of the checkout.
# shellcheck shell=bash

# Most dialogues wait most of the time: many at once cost little.
PLAYERS=12

# dialogues_needing NEEDS [FILE...]: prints the files among the arguments (all, if there are none)
# that need just this, one a line. NEEDS is '', limited, restart, or 'limited restart'.
dialogues_needing()
{
    local wanted=$1
    shift
    # shellcheck disable=SC2016 # the dollars are awk's
    dialogues_listed "$@" | xargs -r awk -v "wanted=$wanted" '
        function tell() {
            needs = limited (limited && restart ? " " : "") restart
            if (file != "" && needs == wanted) {
                print file
            }
        }
        FNR == 1 { tell(); file = FILENAME; limited = restart = "" }
        /^needs limited$/ { limited = "limited" }
        /^needs restart$/ { restart = "restart" }
        END { tell() }'
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
    xargs -r -P $PLAYERS -n 4 "$@" || true
}

# play_alone PLAYER OPTION...: the same, one after the other: they restart the broker.
play_alone()
{
    xargs -r -P 1 -n 64 "$@" || true
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
