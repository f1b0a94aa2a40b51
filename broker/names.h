#ifndef BROKER_NAMES_H
#define BROKER_NAMES_H

#include "base/text.h"

struct broker;
struct effects;

/* Names that the broker makes up: `prefix`, then 22 characters of base64url that nobody who does
 * not know the broker's secret can guess or has seen before. */
void names_generate(struct broker *broker, const char *prefix, struct text *out);

/* RabbitMQ drops CR and LF from the names of queues and exchanges. The result is `name` itself, or
 * a copy in *buffer. */
struct slice names_strip(struct slice name, struct text *buffer);

/* The reserved prefix "amq.". */
bool names_reserved(struct slice name);

#endif
