#ifndef TESTS_SIM_VERDICT_H
#define TESTS_SIM_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

/* What was found wrong in a history: the first finding, which is the one that counts. */
struct verdict {
    bool failed;
    char text[500];
};

void verdict_fail(struct verdict *verdict, const char *format, ...);

#endif
