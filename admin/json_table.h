#ifndef ADMIN_JSON_TABLE_H
#define ADMIN_JSON_TABLE_H

#include <jansson.h>

#include "admin/writer.h"
#include "amqp/properties.h"

/* AMQP field tables and message properties as JSON, and back, by RabbitMQ's rules: texts are
 * longstr, whole numbers signed 64-bit, other numbers double. */

void write_table(struct writer *w, const char *name, struct slice table);
void write_properties(struct writer *w, const char *name, struct slice encoded);

/* Appends the entries of a JSON object (NULL is an empty one). False, having appended some of it,
 * for a name over 255 octets or for what is nested too deep. */
bool json_to_table(const json_t *object, struct bytes *table);

/* Encodes message properties from a JSON object. On failure false, and in *wrong the name of the
 * member that cannot be what it is, borrowed from the object. */
bool json_to_properties(const json_t *object, struct bytes *encoded, const char **wrong);

#endif
