#include "bench/options.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/proc.h"

enum { NOT_GIVEN = -1 };

/* Every number of struct options, how it is given, its limit and what it means. */
#define NUMBER_OPTIONS(O)                                                                          \
    O(producers, "producers", 'p', 10000, "publishing connections")                                \
    O(consumers, "consumers", 'c', 10000, "consuming connections")                                 \
    O(queues, "queues", 'q', 10000, "queues; producer and consumer i use queue i modulo this")     \
    O(size, "size", 's', 536870912, "body size in bytes (16)")                                     \
    O(confirm, "confirm", 'w', 1000000,                                                            \
      "publisher confirms with at most this many unconfirmed (0 = off)")                           \
    O(ack_every, "ack-every", 'a', 65535, "acknowledge after every N deliveries (0 = auto-ack)")   \
    O(prefetch, "prefetch", 'f', 65535, "basic.qos prefetch count (0 = none)")                     \
    O(messages, "messages", 'm', INT64_C(1) << 40,                                                 \
      "stop after so many messages or operations in all")                                          \
    O(seconds, "seconds", 't', 86400,                                                              \
      "stop after so many seconds (5, if no count is given either)")                               \
    O(rate, "rate", 'r', 5000000, "messages per second of all producers; latency is measured")     \
    O(bindings, "bindings", 'b', 1000000, "bindings of the topic exchange")                        \
    O(connections, "connections", 'n', 1000000, "connections of the scenario `connections`")       \
    O(settle, "settle", 'S', 3600, "seconds to wait before the last look at the memory")           \
    O(levels, "levels", 'l', 255, "x-max-priority of the queues; priorities from 0 to N in turn")

static const struct option long_options[] = {
#define O(name, text, letter, limit, help) {text, required_argument, NULL, letter},
    NUMBER_OPTIONS(O)
#undef O
        {"uri", required_argument, NULL, 'u'},
    {"json", required_argument, NULL, 'j'},
    {"pid", required_argument, NULL, 'P'},
    {"expiration", required_argument, NULL, 'e'},
    {"disk", required_argument, NULL, 'D'},
    {"persistent", no_argument, NULL, 'd'},
    {"verify", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static bool parse_number(int64_t *number, const char *text, int64_t limit, struct problem *problem)
{
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < 0 || value > limit) {
        return problem_set(problem, "not a number from 0 to %lld: %s", (long long)limit, text);
    }
    *number = value;
    return true;
}

static bool take_number(struct options *options, int letter, struct problem *problem)
{
    switch (letter) {
#define O(name, text, option_letter, limit, help)                                                  \
    case option_letter:                                                                            \
        return parse_number(&options->name, optarg, limit, problem);
        NUMBER_OPTIONS(O)
#undef O
    default:
        return problem_set(problem, "unknown option (see --help)");
    }
}

static bool take_option(struct options *options, int letter, struct problem *problem)
{
    int64_t pid = 0;
    switch (letter) {
    case 'u':
        options->uri_text = optarg;
        return true;
    case 'j':
        options->json_path = optarg;
        return true;
    case 'P':
        if (!parse_number(&pid, optarg, INT32_MAX, problem)) {
            return false;
        }
        options->pid = (pid_t)pid;
        return true;
    case 'e':
        options->expiration = optarg;
        return true;
    case 'D':
        options->disk_path = optarg;
        return true;
    case 'd':
        options->persistent = true;
        return true;
    case 'v':
        options->verify = true;
        return true;
    case 'h':
        options->help = true;
        return true;
    default:
        return take_number(options, letter, problem);
    }
}

static void set_defaults(struct options *options)
{
    *options = (struct options){.uri_text = "amqp://guest:guest@127.0.0.1:5672/"};
#define O(name, text, letter, limit, help) options->name = NOT_GIVEN;
    NUMBER_OPTIONS(O)
#undef O
}

bool options_parse(struct options *options, int argc, char **argv, struct problem *problem)
{
    set_defaults(options);
    int letter;
    while ((letter = getopt_long(argc, argv, "p:c:q:s:w:a:f:m:t:r:b:n:S:l:u:j:P:D:e:dvh",
                                 long_options, NULL)) != -1) {
        if (!take_option(options, letter, problem)) {
            return false;
        }
    }
    options->words = argv + optind;
    options->word_count = argc - optind;
    if (!uri_parse(&options->uri, options->uri_text, problem)) {
        return false;
    }
    if (options->pid == 0 && uri_is_local(&options->uri)) {
        options->pid = proc_find_listener((uint16_t)strtoul(options->uri.port, NULL, 10));
    }
    return true;
}

void options_print_help(void)
{
    printf("  -u, --uri URI          amqp://user:password@host:port/vhost"
           " (amqp://guest:guest@127.0.0.1:5672/)\n"
           "  -P, --pid PID          the broker's process (found by the port if it is local)\n"
           "  -j, --json FILE        write all figures there\n"
           "  -D, --disk DIR         compare `confirms` with write and fdatasync in DIR\n"
           "  -e, --expiration MS    of every message\n"
           "  -d, --persistent       durable queues, delivery_mode 2\n"
           "  -v, --verify           check order, loss and duplicates by numbers in the bodies\n");
#define O(name, text, letter, limit, help) printf("  -%c, --%-17s %s\n", letter, text " N", help);
    NUMBER_OPTIONS(O)
#undef O
}
