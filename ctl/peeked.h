#ifndef CTL_PEEKED_H
#define CTL_PEEKED_H

#include <jansson.h>

/* A message as RabbitMQ's peek shows it: [{"keys":…,"values":…},…], made of what the API says of
 * it. The caller gives it back. */
json_t *peeked_rows(const json_t *message);

/* The same rows as one object. */
json_t *peeked_object(const json_t *rows);

#endif
