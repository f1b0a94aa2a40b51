#ifndef BROKER_PATTERN_H
#define BROKER_PATTERN_H

#include "base/slice.h"
#include "base/text.h"

/* A regular expression of a permission (PCRE2), found anywhere in the name unless it is anchored.
 * The empty expression matches nothing but the empty name, as in RabbitMQ. */
struct pattern;

/* Copies the source. NULL if it is not valid, with the reason in *error. */
struct pattern *pattern_new(struct slice source, struct text *error);
void pattern_free(struct pattern *pattern); // NULL is fine
bool pattern_matches(const struct pattern *pattern, struct slice subject);
struct slice pattern_source(const struct pattern *pattern);

#endif
