#include "tests/sim/verdict.h"

#include <stdarg.h>
#include <stdio.h>

void verdict_fail(struct verdict *verdict, const char *format, ...)
{
    if (verdict->failed) {
        return;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(verdict->text, sizeof verdict->text, format, args);
    va_end(args);
    verdict->failed = true;
}
