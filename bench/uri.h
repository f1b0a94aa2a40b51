#ifndef BENCH_URI_H
#define BENCH_URI_H

#include "bench/problem.h"

/* amqp://user:password@host:port/vhost, taken apart and percent-decoded. What is left out is
 * guest, guest, 127.0.0.1, 5672 and "/". An empty vhost ("amqp://host/") means "/" too. */
struct uri {
    char user[256];
    char password[256];
    char host[256];
    char port[8];
    char vhost[256];
};

bool uri_parse(struct uri *uri, const char *text, struct problem *problem);
bool uri_is_local(const struct uri *uri); // the broker's process can be looked for on this machine

#endif
