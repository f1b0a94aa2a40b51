#ifndef ADMIN_CALL_H
#define ADMIN_CALL_H

#include "admin/reply.h"
#include "admin/request.h"
#include "admin/target.h"
#include "base/arena.h"

struct api;
struct broker;

/* What the user who asks may see and do, by the tags of the account. */
enum right {
    RIGHT_MANAGEMENT = 1,
    RIGHT_MONITORING = 2,
    RIGHT_POLICYMAKER = 4,
    RIGHT_ADMINISTRATOR = 8,
};

enum { CALL_ARGUMENTS_MAX = 5 };

/* One request on its way to its handler, and its answer. */
struct call {
    const struct api *api;         // borrowed
    const struct request *request; // borrowed
    struct reply *reply;           // borrowed
    struct target target;
    struct arena arena; // for what lives as long as the call; a listing takes it over
    struct slice user;  // in the arena; who asks
    uint8_t rights;     // enum right, with those that follow from others
    bool trusted;       // the command line of this machine: permissions are not asked for
    struct slice vhost; // of the path; NULL as its ptr: it has none
    struct slice arguments[CALL_ARGUMENTS_MAX]; // the other variable parts of the path, in order
    uint8_t argument_count;
};

typedef void (*call_handler)(struct call *call);

static inline bool call_may(const struct call *call, enum right right)
{
    return call->rights & right;
}

struct broker *call_broker(const struct call *call);

/* Whether the user may see what is in this virtual host: administrators all, others where they have
 * permissions. */
bool call_sees(const struct call *call, struct slice vhost);

/* Leaves only those items that the user may see. Each begins with the slice of its virtual host. */
void call_keep_visible(struct call *call, void *items, size_t *count, size_t size);

/* Whether this is the name of the node, of which there is one; else answered: 404. */
bool call_is_here(struct call *call, struct slice node);

/* Logs the user in who asks, if that has not happened. False, and answered, if it cannot be. */
bool call_log_in(struct call *call);

/* Whether the user has permissions there. */
bool call_enters(const struct call *call, struct slice vhost);

#endif
