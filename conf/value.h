#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "base/slice.h"

/* Reads single values. When a function returns false, *value is nothing to rely on. `allowed` is
 * what settings_table.h describes: alternatives separated by
 * `|`; a value must fit one of them, and any value does if there is none.
 *
 * A number's word ("infinity") is read as VALUE_UNLIMITED, which is also what a number or size
 * without a value holds; a ratio without a value holds VALUE_NO_RATIO. */
#define VALUE_UNLIMITED UINT64_MAX
#define VALUE_NO_RATIO (-1.0)

bool value_parse_flag(struct slice text, bool *value);
bool value_parse_number(struct slice text, const char *allowed, uint64_t *value);

/* A number of octets as cuttlefish reads it: KB, MB and GB are powers of 1024. */
bool value_parse_size(struct slice text, const char *allowed, uint64_t *value);

/* A number of octets as RabbitMQ reads those of memory and disk: k, kB, M, MB... up to P are
 * powers of 1000, Ki, KiB, Mi, MiB... of 1024. */
bool value_parse_amount(struct slice text, const char *allowed, uint64_t *value);

bool value_parse_ratio(struct slice text, const char *allowed, double *value);

/* The index of text among the words, or CHOICE_UNSET. */
int value_parse_choice(struct slice text, const char *allowed);

/* The word with that index; an empty slice if there is none. */
struct slice value_choice_word(const char *allowed, int index);

/* Whether text is one of the words of allowed, or its length is in a range of it. */
bool value_text_allowed(struct slice text, const char *allowed);

/* Takes the next alternative off the front of *allowed; false at the end. */
bool value_next_alternative(const char **allowed, struct slice *alternative);

/* True if the alternative is a range or a number, both ends of which are given back. */
bool value_range(struct slice alternative, uint64_t *min, uint64_t *max);

#endif
