#ifndef ADMIN_DESCRIPTIONS_H
#define ADMIN_DESCRIPTIONS_H

#include "admin/writer.h"

struct api;
struct settings;

/* What the broker is made of, in RabbitMQ's words. */
void write_exchange_types(struct writer *w);
void write_auth_mechanisms(struct writer *w, const struct settings *settings);

/* The places where the API is served. */
void write_contexts(struct writer *w, const struct api *api);

#endif
