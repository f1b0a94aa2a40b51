#ifndef ADMIN_DESCRIPTIONS_H
#define ADMIN_DESCRIPTIONS_H

#include "admin/writer.h"

struct settings;

/* What the broker is made of, in RabbitMQ's words. */
void write_exchange_types(struct writer *w);
void write_auth_mechanisms(struct writer *w, const struct settings *settings);

/* The plugins whose features are built in, and what there is with its version. */
void write_enabled_plugins(struct writer *w);
void write_applications(struct writer *w, const struct settings *settings);

#endif
