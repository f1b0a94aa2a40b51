#ifndef TESTS_UNIT_ADMIN_API_KIT_H
#define TESTS_UNIT_ADMIN_API_KIT_H

#include <criterion/criterion.h>
#include <jansson.h>

#include "admin/api.h"
#include "broker/broker.h"
#include "persist/disk_meter.h"

struct settings;

enum { API_KIT_WALL_S = 1700000000 }; // since 1970, when kit.now_ms is 0

/* The API over a core and an engine of its own, without HTTP and sockets. Each user's password is
 * its name; guest is an administrator with all permissions in "/". */
struct api_kit {
    struct broker *broker;
    struct engine *engine;
    struct settings *settings;
    struct api *api;
    unsigned passwords;     // times that a password was hashed
    struct disk_meter disk; // of what is done to a disk: nothing, but for what a test sets
    uint64_t now_ms;        // when they come
    bool local;             // requests come through the local socket, from our own user
    const char *origin;     // of the page whose requests these are; NULL: of none
    struct reply reply;     // to the last request
    char text[1 << 16];     // its body
};

void api_kit_start(struct api_kit *kit);
void api_kit_stop(struct api_kit *kit);
void api_kit_reopen(struct api_kit *kit); // the API anew, with the settings as they are now
void api_kit_add_user(struct api_kit *kit, const char *name, const char *tags);
void api_kit_permit(struct api_kit *kit, const char *user, const char *vhost);
void api_kit_add_vhost(struct api_kit *kit, const char *name);

/* Declares a durable queue in "/", as a client would. */
void api_kit_add_queue(struct api_kit *kit, const char *name);

/* Sends a request as this user (NULL: without credentials) and returns the status. */
unsigned api_ask(struct api_kit *kit, const char *user, const char *line, const char *body);

/* Sets a setting. */
void api_kit_set(struct api_kit *kit, const char *key, const char *value);

/* Whether the last reply has this header: "Name: value". */
bool api_has_header(const struct api_kit *kit, const char *line);

/* The body of the last reply as JSON; the caller gives it back. */
json_t *api_json(const struct api_kit *kit);

#endif
