#ifndef ADMIN_TARGET_H
#define ADMIN_TARGET_H

#include "base/bytes.h"

/* What a request asks for: "/api/queues/%2F?page=1&columns=name" taken apart. */
enum { TARGET_SEGMENTS_MAX = 12, TARGET_PARAMETERS_MAX = 40 };

struct target_parameter {
    struct slice name;
    struct slice value;
};

struct target {
    struct bytes octets;                    // owned: what the slices point into
    struct slice path[TARGET_SEGMENTS_MAX]; // decoded; "/a/b/" has two, "/a//b" has three
    struct target_parameter query[TARGET_PARAMETERS_MAX];
    uint8_t path_count;
    uint8_t query_count;
};

/* Copies. False, with nothing to be finished, if an escape is malformed or there is too much of
 * anything. `.` and `..` have no meaning: they are names like others. */
bool target_parse(struct slice text, struct target *out);
void target_finish(struct target *target);

/* The value of the first parameter of this name; NULL as its ptr if there is none. */
struct slice target_parameter(const struct target *target, struct slice name);

/* True if the parameter is there and says "true". */
bool target_flag(const struct target *target, struct slice name);

#endif
