#ifndef CTL_LISTING_H
#define CTL_LISTING_H

#include "ctl/run.h"

/* What a list is made of: where it comes from, and how it begins. */
enum listing_scope {
    LISTING_ALL,      // "connections": /api/connections
    LISTING_VHOST,    // "queues" of the virtual host of -p: /api/queues/VHOST
    LISTING_OF_VHOST, // "permissions" of it: /api/vhosts/VHOST/permissions
    LISTING_USER,     // "permissions" of the user who is the argument: /api/users/USER/permissions
};

struct listing {
    const char *banner; // %s: the virtual host or the user
    const char *path;
    enum listing_scope scope;
    const struct column *columns; // all that there are
    size_t count;
    const char *shown; // those that are shown unless others are named, with blanks between them
    const char *part;  // of what the path says, "used"; or NULL
    bool streams;      // RabbitMQ prints its rows as they come: nothing if there are none
};

/* Lists, with the columns that the arguments name. */
int listing_run(struct run *run);

/* Prints rows with the columns of the listing that are shown; for lists of other origin. */
int listing_print(struct run *run, const struct listing *listing, const json_t *rows);

#endif
