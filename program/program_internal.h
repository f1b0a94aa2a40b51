#ifndef PROGRAM_PROGRAM_INTERNAL_H
#define PROGRAM_PROGRAM_INTERNAL_H

#include "admin/admin.h"
#include "base/bytes.h"
#include "base/text.h"
#include "broker/broker.h"
#include "persist/disk_meter.h"
#include "server/auth.h"
#include "server/engine.h"
#include "server/store.h"

struct command_line;
struct logger;
struct server;
struct settings;
struct tls;

/* Everything that is built at the start, in the order of building, and torn down in the other. */
struct program {
    const struct command_line *line; // borrowed, as are the next two
    struct settings *settings;
    struct logger *log;
    char *node; // its name: "rabbit@host"
    struct bytes mechanisms;
    struct bytes ciphers;
    struct bytes management_ciphers;
    struct bytes metrics_ciphers;
    struct bytes directory; // of the data, with a zero behind it
    struct disk real_disk;
    struct disk_meter disk; // counts what is done to it
    struct broker *broker;
    struct auth *auth;
    struct store *store; // NULL: all is in memory
    struct engine *engine;
    struct tls *tls;            // NULL without TLS listeners
    struct tls *management_tls; // NULL without TLS for the HTTP API
    struct tls *metrics_tls;    // NULL without TLS for the metrics
    struct server *server;
    struct admin *admin;
    bool half_made; // the first start has failed: the next one is to be the first again
};

/* The steps of a start; false: it has failed, and the log says why. */
bool program_build_core(struct program *program);   // the broker, with what the disk has of it
bool program_build_tls(struct program *program);    // what listeners need of it
bool program_build_server(struct program *program); // sockets, and the management

/* False if the data could not be closed well. */
bool program_close_store(struct program *program);

/* False, with the reason, if new files are not good: then everything is as it was. */
bool program_reload_tls(struct program *program, struct text *error);
void program_free_tls(struct program *program);

uint64_t program_memory_total(const struct program *program);
uint64_t program_memory_limit(const struct program *program);
struct api_options program_api_options(const struct program *program);

#endif
