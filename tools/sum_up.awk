# Prints what several test runners print, with one line at the end for their closing lines,
# `N passed, M failed` with `, K skipped` behind it if there were such.
/^[0-9]+ passed, [0-9]+ failed/ { passed += $1; failed += $3; skipped += $5; next }
{ print }
END {
    printf "%d passed, %d failed", passed, failed
    if (skipped > 0) printf ", %d skipped", skipped
    print ""
}
