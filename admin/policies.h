#ifndef ADMIN_POLICIES_H
#define ADMIN_POLICIES_H

#include <jansson.h>

#include "admin/call.h"
#include "broker/policy.h"

struct policy_place {
    struct slice vhost;
    struct slice name;
    enum policy_kind kind;
};

/* Whether the object can be a policy; else answered. */
bool policy_check(struct call *call, const struct policy_place *place, const json_t *body);

/* Sets the policy as the object says: pattern, definition, priority, apply-to. Answers; false if
 * that is why not. */
bool policy_put(struct call *call, const struct policy_place *place, const json_t *body);

/* Removes it, and answers. */
void policy_remove(struct call *call, const struct policy_place *place);

#endif
