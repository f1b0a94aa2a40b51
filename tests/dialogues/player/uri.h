#ifndef TESTS_DIALOGUES_PLAYER_URI_H
#define TESTS_DIALOGUES_PLAYER_URI_H

#include <stdbool.h>

enum { URI_PART_MAX = 256 };

/* The parts of amqp://user:password@host:port/vhost, percent-decoded, with the usual defaults of
 * AMQP; of http://host:port likewise. */
struct uri {
    char user[URI_PART_MAX];
    char password[URI_PART_MAX];
    char host[URI_PART_MAX];
    char port[URI_PART_MAX];
    char vhost[URI_PART_MAX];
};

/* False if it is no URI of this scheme ("amqp://"). */
bool uri_parse(const char *text, const char *scheme, struct uri *out);

#endif
