#ifndef ADMIN_API_H
#define ADMIN_API_H

#include "admin/call.h"
#include "server/engine.h"

struct address;
struct api;
struct disk_meter;
struct login_memory;
struct server;
struct settings;
struct store;

/* The management API without its transport: requests in, answers out. It reads copied views of the
 * core, and changes things by the same operations as a client does. */
struct api_options {
    struct broker *broker; // borrowed, as is everything here
    struct engine *engine;
    struct server *server;     // NULL: there are no listeners to tell of
    struct settings *settings; // changed on request
    struct logger *log;        // NULL: silent
    struct authenticator authenticator;
    const char *node;
    const char *directory;         // of the data; NULL: nothing is kept on disk
    uint64_t started_ms;           // on the clock of request.now_ms
    uint64_t wall_offset_ms;       // what that clock lacks to milliseconds since 1970
    const struct store *store;     // NULL: nothing is kept on disk
    const struct disk_meter *disk; // likewise: what the store does to it
    uint64_t memory_total;         // of the machine, of which limits may be a part
};

struct api *api_new(const struct api_options *options);
void api_free(struct api *api);

/* Takes note of a listener that is not AMQP's: "http", "https", "http/prometheus". The protocol is
 * borrowed, the address copied. */
enum { API_LISTENERS_MAX = 8 };
void api_add_listener(struct api *api, const char *protocol, const struct address *address);

/* When numbers are to be looked at next, on the clock of now_ms; UINT64_MAX while nothing has
 * changed. To be asked after every tick. */
uint64_t api_sample_due(struct api *api, uint64_t now_ms);
void api_sample(struct api *api, uint64_t now_ms);

/* What is free on the disk of the data directory, or of the current one if nothing is kept. */
uint64_t api_disk_free(const struct api_options *options);

/* Answers. The reply is to be sent when the journal has what it waits for (reply.after). */
void api_answer(struct api *api, const struct request *request, struct reply *reply);

#endif
