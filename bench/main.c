#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/options.h"
#include "bench/scenario.h"

typedef void (*scenario)(const struct options *options, struct result *result);

static const struct entry {
    const char *name;
    const char *help;
    scenario run;
} entries[] = {
#define S(name, help) {#name, help, scenario_##name},
    SCENARIOS(S)
#undef S
};

enum { ENTRY_COUNT = sizeof entries / sizeof entries[0], RESULTS_MAX = 64 };

static const struct entry startup = {"startup", "", scenario_startup};

static void print_help(void)
{
    printf("Usage: leveret-bench SCENARIO... [options]\n"
           "       leveret-bench startup [options] -- COMMAND ARGUMENTS\n\nScenarios:\n");
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        printf("  %-18s %s\n", entries[i].name, entries[i].help);
    }
    printf("  %-18s %s\n\nOptions:\n", "startup",
           "process start to first accepted connection, idle memory");
    options_print_help();
}

static const struct entry *find_entry(const char *name)
{
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        if (strcmp(entries[i].name, name) == 0) {
            return &entries[i];
        }
    }
    return strcmp(name, startup.name) == 0 ? &startup : NULL;
}

static bool write_json(const char *path, const struct result *results, size_t count)
{
    FILE *file = fopen(path, "we");
    if (!file) {
        return false;
    }
    fprintf(file, "[");
    for (size_t i = 0; i < count; i++) {
        fprintf(file, i > 0 ? ",\n " : "");
        result_print_json(file, &results[i]);
    }
    fprintf(file, "]\n");
    bool failed = ferror(file) != 0;
    return fclose(file) == 0 && !failed;
}

static bool run(const struct entry *entry, const struct options *options, struct result *result)
{
    result->scenario = entry->name;
    entry->run(options, result);
    result_print_row(stdout, result);
    return !problem_is_set(&result->problem);
}

static int run_all(const struct options *options, struct result *results)
{
    size_t count = 0;
    int failures = 0;
    bool starts = strcmp(options->words[0], startup.name) == 0;
    size_t words = starts ? 1 : (size_t)options->word_count;
    result_print_head(stdout);
    for (; count < words && count < RESULTS_MAX; count++) {
        failures += run(find_entry(options->words[count]), options, &results[count]) ? 0 : 1;
    }
    if (options->json_path && !write_json(options->json_path, results, count)) {
        fprintf(stderr, "leveret-bench: cannot write %s\n", options->json_path);
        failures++;
    }
    return failures > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* All names are looked at before the first scenario runs. */
static bool check_words(const struct options *options)
{
    bool starts = options->word_count > 0 && strcmp(options->words[0], startup.name) == 0;
    for (int i = 0; !starts && i < options->word_count; i++) {
        if (!find_entry(options->words[i]) || strcmp(options->words[i], startup.name) == 0) {
            fprintf(stderr, "leveret-bench: no scenario %s (see --help)\n", options->words[i]);
            return false;
        }
    }
    return options->word_count > 0;
}

int main(int argc, char **argv)
{
    struct options options;
    struct problem problem = {.text = ""};
    static struct result results[RESULTS_MAX];
    signal(SIGPIPE, SIG_IGN);
    if (!options_parse(&options, argc, argv, &problem)) {
        fprintf(stderr, "leveret-bench: %s\n", problem.text);
        return EXIT_FAILURE;
    }
    if (options.help) {
        print_help();
        return EXIT_SUCCESS;
    }
    if (!check_words(&options)) {
        return EXIT_FAILURE;
    }
    return run_all(&options, results);
}
