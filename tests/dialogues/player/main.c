#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/dialogues/player/player.h"
#include "tests/dialogues/player/uri.h"

/* Plays dialogues: scripts of what a client sends to a broker and what it must receive (see
 * tests/dialogues/README.md). */

static const char usage[] =
    "usage: dialogue [--uri amqp://user:password@host:port/vhost] [--product leveret|rabbitmq]\n"
    "                [--api http://host:port] [--have feature,...] [--restart COMMAND] [--trace]\n"
    "                FILE...\n";

/* Where the options say that the broker is. */
struct places {
    struct uri broker;
    struct uri api;
    bool has_api;
};

static bool read_options(int argc, char **argv, struct options *options, struct places *places)
{
    static const struct option known[] = {
        {"uri", required_argument, NULL, 'u'},
        {"product", required_argument, NULL, 'p'},
        {"have", required_argument, NULL, 'h'},
        {"restart", required_argument, NULL, 'r'},
        {"trace", no_argument, NULL, 't'},
        {"api", required_argument, NULL, 'a'},
        {NULL, 0, NULL, 0},
    };
    const char *broker = "amqp://guest:guest@127.0.0.1:5672/", *api = NULL;
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (c) {
        case 'u':
            broker = optarg;
            break;
        case 'a':
            api = optarg;
            break;
        case 'p':
            options->product = optarg;
            break;
        case 'h':
            options->have = optarg;
            break;
        case 'r':
            options->restart = optarg;
            break;
        case 't':
            options->trace = true;
            break;
        default:
            return false;
        }
    }
    bool product =
        strcmp(options->product, "leveret") == 0 || strcmp(options->product, "rabbitmq") == 0;
    places->has_api = api;
    return product && optind < argc && uri_parse(broker, "amqp://", &places->broker) &&
           (!api || uri_parse(api, "http://", &places->api));
}

int main(int argc, char **argv)
{
    struct places places;
    struct options options = {.product = "leveret", .have = ""};
    if (!read_options(argc, argv, &options, &places)) {
        fputs(usage, stderr);
        return 2;
    }
    options.host = places.broker.host;
    options.port = places.broker.port;
    options.user = places.broker.user;
    options.password = places.broker.password;
    options.vhost = places.broker.vhost;
    options.api_host = places.has_api ? places.api.host : NULL;
    options.api_port = places.api.port;

    unsigned counts[3] = {0};
    for (int i = optind; i < argc; i++) {
        counts[play_file(&options, argv[i], stdout)]++;
        fflush(stdout);
    }
    if (counts[SKIPPED]) {
        printf("%u skipped\n", counts[SKIPPED]);
    }
    printf("%u passed, %u failed\n", counts[PASSED], counts[FAILED]);
    return counts[FAILED] ? 1 : 0;
}
