#ifndef BENCH_RESULT_H
#define BENCH_RESULT_H

#include <stdio.h>

#include "bench/problem.h"
#include "bench/stats.h"

enum { FIGURES_MAX = 40 };

struct figure {
    const char *name; // a literal; the name's last word is the unit
    double value;
};

/* What one run of one scenario found: named figures, a remark for the reader, or a problem. */
struct result {
    const char *scenario; // a literal
    struct figure figures[FIGURES_MAX];
    size_t figure_count;
    char note[256];
    struct problem problem;
};

void result_set(struct result *result, const char *name, double value);
double result_get(const struct result *result, const char *name); // 0 if it is not set
void result_note(struct result *result, const char *format, ...)
    __attribute__((format(printf, 2, 3)));                                           // appends
void result_set_latencies(struct result *result, const struct histogram *histogram); // p50_ms ...

/* The table has one column per figure that people compare; the JSON has all of them. */
void result_print_head(FILE *out);
void result_print_row(FILE *out, const struct result *result);
void result_print_json(FILE *out, const struct result *result);

#endif
