#ifndef TESTS_SIM_TRACE_H
#define TESTS_SIM_TRACE_H

#include "base/bytes.h"

/* The story of a history, line by line. The first run of a seed records it, the second is compared
 * with what the first recorded; a history that is told differently depends on something else than
 * its seed. */
struct trace {
    struct bytes lines;           // owned; each ends in a line feed
    const struct trace *recorded; // borrowed: the first run; NULL if this is it
    size_t at;                    // in recorded->lines: what comes next
    bool print;
    bool differs;
    char expected[300]; // of the first different line
    char found[300];
};

void trace_line(struct trace *trace, const char *format, ...);
void trace_end(struct trace *trace); // the second run must not be shorter either
void trace_finish(struct trace *trace);

#endif
