#include "bench/result.h"

#include <stdarg.h>
#include <string.h>

static const struct column {
    const char *head;
    const char *figure;
    int width;
    int decimals;
} columns[] = {
    {"in/s", "in_per_s", 9, 0},
    {"out/s", "out_per_s", 9, 0},
    {"cpu s/M", "broker_cpu_s_per_m", 8, 3},
    {"tool s/M", "bench_cpu_s_per_m", 8, 3},
    {"p50 ms", "p50_ms", 8, 3},
    {"p90", "p90_ms", 7, 3},
    {"p99", "p99_ms", 7, 3},
    {"p99.9", "p999_ms", 8, 3},
    {"max", "max_ms", 8, 3},
    {"RSS MiB", "rss_after_mib", 7, 1},
    {"peak", "rss_peak_mib", 7, 1},
};

enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

void result_set(struct result *result, const char *name, double value)
{
    if (result->figure_count < FIGURES_MAX) {
        result->figures[result->figure_count++] = (struct figure){name, value};
    }
}

void result_note(struct result *result, const char *format, ...)
{
    size_t used = strlen(result->note);
    if (used > 0 && used + 2 < sizeof result->note) {
        memcpy(result->note + used, "; ", 3);
        used += 2;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(result->note + used, sizeof result->note - used, format, args);
    va_end(args);
}

void result_set_latencies(struct result *result, const struct histogram *histogram)
{
    result_set(result, "latency_count", (double)histogram->count);
    result_set(result, "p50_ms", (double)histogram_percentile(histogram, 0.50) / 1e6);
    result_set(result, "p90_ms", (double)histogram_percentile(histogram, 0.90) / 1e6);
    result_set(result, "p99_ms", (double)histogram_percentile(histogram, 0.99) / 1e6);
    result_set(result, "p999_ms", (double)histogram_percentile(histogram, 0.999) / 1e6);
    result_set(result, "max_ms", (double)histogram->max_ns / 1e6);
}

static const struct figure *find(const struct result *result, const char *name)
{
    for (size_t i = 0; i < result->figure_count; i++) {
        if (strcmp(result->figures[i].name, name) == 0) {
            return &result->figures[i];
        }
    }
    return NULL;
}

double result_get(const struct result *result, const char *name)
{
    const struct figure *figure = find(result, name);
    return figure ? figure->value : 0;
}

void result_print_head(FILE *out)
{
    fprintf(out, "%-17s", "scenario");
    for (int i = 0; i < COLUMN_COUNT; i++) {
        fprintf(out, " %*s", columns[i].width, columns[i].head);
    }
    fprintf(out, "  note\n");
    fflush(out);
}

void result_print_row(FILE *out, const struct result *result)
{
    fprintf(out, "%-17s", result->scenario);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const struct column *column = &columns[i];
        const struct figure *figure = find(result, column->figure);
        if (figure) {
            fprintf(out, " %*.*f", column->width, column->decimals, figure->value);
        } else {
            fprintf(out, " %*s", column->width, "-");
        }
    }
    fprintf(out, "  %s\n", problem_is_set(&result->problem) ? "FAILED" : result->note);
    if (problem_is_set(&result->problem)) {
        fprintf(out, "  %s: %s\n", result->scenario, result->problem.text);
    }
    fflush(out);
}

static void print_json_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            fprintf(out, "\\%c", c);
        } else if (c < 0x20) {
            fprintf(out, "\\u%04x", c);
        } else {
            fputc(c, out);
        }
    }
    fputc('"', out);
}

void result_print_json(FILE *out, const struct result *result)
{
    fprintf(out, "{\"scenario\": \"%s\", \"ok\": %s, ", result->scenario,
            problem_is_set(&result->problem) ? "false" : "true");
    fprintf(out, "\"problem\": ");
    print_json_text(out, result->problem.text);
    fprintf(out, ", \"note\": ");
    print_json_text(out, result->note);
    for (size_t i = 0; i < result->figure_count; i++) {
        fprintf(out, ", \"%s\": %.9g", result->figures[i].name, result->figures[i].value);
    }
    fprintf(out, "}");
}
