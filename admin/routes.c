#include "admin/routes.h"

#include <limits.h>

#include "admin/handlers.h"

static const struct route rows[] = {
#define R(method, path, scope, handler) {path, HTTP_##method, SCOPE_##scope, on_##handler},
    ROUTES(R)
#undef R
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

const struct route *routes_all(size_t *count)
{
    *count = ROW_COUNT;
    return rows;
}

/* Takes the first part off "/api/queues/:vhost"; false at the end. */
static bool next_part(const char **path, struct slice *part)
{
    if (**path != '/') {
        return false;
    }
    const char *from = *path + 1;
    size_t len = strcspn(from, "/");
    *path = from + len;
    *part = (struct slice){(const uint8_t *)from, len};
    return true;
}

/* Sets the call's arguments as far as the path fits. */
static bool fits(const char *path, struct call *call)
{
    struct slice part;
    uint8_t at = 0;
    call->argument_count = 0;
    call->vhost = (struct slice){NULL, 0};
    for (; next_part(&path, &part); at++) {
        if (at == call->target.path_count) {
            return false;
        }
        struct slice given = call->target.path[at];
        if (slice_eq(part, SLICE(":vhost"))) {
            call->vhost = given;
        } else if (part.len > 0 && part.ptr[0] == ':') {
            call->arguments[call->argument_count++] = given;
        } else if (!slice_eq(part, given)) {
            return false;
        }
    }
    return at == call->target.path_count;
}

static int variables_of(const struct call *call)
{
    return call->argument_count + (call->vhost.ptr != NULL);
}

/* The least number of variable parts of a row that fits: where a path has a word of its own for
 * something, it is not a name. */
static int least_variables(struct call *call)
{
    int least = INT_MAX;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (fits(rows[i].path, call) && variables_of(call) < least) {
            least = variables_of(call);
        }
    }
    return least;
}

const struct route *routes_find(struct call *call, uint32_t *allowed)
{
    enum http_method method = call->request->method;
    int variables = least_variables(call);
    *allowed = 0;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (!fits(rows[i].path, call) || variables_of(call) != variables) {
            continue;
        }
        if (rows[i].method == method || (method == HTTP_HEAD && rows[i].method == HTTP_GET)) {
            return &rows[i];
        }
        *allowed |= 1U << rows[i].method | 1U << HTTP_OPTIONS;
        *allowed |= rows[i].method == HTTP_GET ? 1U << HTTP_HEAD : 0;
    }
    return NULL;
}
