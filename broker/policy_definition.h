#ifndef BROKER_POLICY_DEFINITION_H
#define BROKER_POLICY_DEFINITION_H

#include "base/bytes.h"
#include "base/text.h"

/* What a policy sets: a field table whose keys are those of queue and exchange arguments without
 * their "x-". */

/* False, with RabbitMQ's reason in *why, if a key is not known or a value is not acceptable.
 * `by_operator`: only keys that an operator policy may have. The table is well-formed. */
bool policy_definition_check(struct slice definition, bool by_operator, struct text *why);

/* Whether the value of this key is a number; false of keys that are not known. */
bool policy_definition_takes_number(struct slice key);

/* Writes what a policy and an operator policy, either of which may be empty, amount to: all keys
 * of both; of numbers that both have the smaller one, otherwise the operator's value
 * (rabbit_policies:merge_policy_value). Appends to *out. */
void policy_definition_merge(struct slice policy, struct slice by_operator, struct bytes *out);

#endif
