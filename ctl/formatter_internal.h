#ifndef CTL_FORMATTER_INTERNAL_H
#define CTL_FORMATTER_INTERNAL_H

#include "ctl/formatter.h"

/* What the files of the formatter share. */

/* The member that the column's path leads to; borrowed. NULL if there is none. */
const json_t *formatter_value(const struct column *column, const json_t *row);

/* The name of the type in AMQP that such a value most likely has: "longstr". */
const char *formatter_type(const json_t *value);

/* Whether it is a protocol, which RabbitMQ tells as {0,9,1}. */
bool formatter_is_protocol(const struct column *column, const json_t *value);

/* A table with bars. */
void formatter_print_pretty(const struct sheet *sheet, FILE *out);

/* A list of lists of pairs. */
void formatter_print_erlang(const struct sheet *sheet, FILE *out);

#endif
