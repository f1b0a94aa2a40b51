#ifndef SERVER_SERVER_PROPERTIES_H
#define SERVER_SERVER_PROPERTIES_H

#include "base/bytes.h"

struct engine_options;

/* Appends the table that connection.start tells clients about the broker. Clients read `product`,
 * `version` and `capabilities` to choose their behaviour. */
void server_properties_add(struct bytes *table, const struct engine_options *options);

#endif
