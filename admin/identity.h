#ifndef ADMIN_IDENTITY_H
#define ADMIN_IDENTITY_H

#include "base/slice.h"

struct arena;
struct broker;
struct effects;
struct engine;
struct settings;

/* What the cluster is called, in the global parameters `cluster_name` and `internal_cluster_id`, as
 * RabbitMQ has it. */
#define CLUSTER_NAME SLICE("cluster_name")
#define CLUSTER_ID SLICE("internal_cluster_id")

/* At a start: makes the id if there is none, and a name in the settings the one that holds. */
void identity_begin(struct broker *broker, const struct settings *settings, struct effects *fx);

/* Global parameters have changed: tells the engine the name; that of the node if there is none. */
void identity_renew(const struct broker *broker, struct engine *engine, const char *node);

/* The id, in the arena; empty if it is no text. */
struct slice identity_id(const struct broker *broker, struct arena *arena);

/* Whether JSON can be the name of a cluster: a text of 1 to 255 octets. */
bool identity_is_name(struct slice json);

#endif
