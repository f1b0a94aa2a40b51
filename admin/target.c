#include "admin/target.h"

#include "admin/percent.h"

/* Cuts off what is before the first `separator`, which goes as well; all, if there is none. */
static struct slice cut(struct slice *rest, uint8_t separator)
{
    const uint8_t *at = rest->len > 0 ? memchr(rest->ptr, separator, rest->len) : NULL;
    size_t len = at ? (size_t)(at - rest->ptr) : rest->len;
    struct slice first = {rest->ptr, len};
    size_t used = at ? len + 1 : len;
    *rest = (struct slice){rest->ptr + used, rest->len - used};
    return first;
}

/* Decodes to the room that target_parse has made, which is enough for everything. */
static bool decode(struct slice text, bool plus, struct target *out, struct slice *value)
{
    size_t at = out->octets.len;
    if (!percent_decode(text, plus, &out->octets)) {
        return false;
    }
    *value = (struct slice){out->octets.ptr + at, out->octets.len - at};
    return true;
}

static bool parse_path(struct slice path, struct target *out)
{
    if (path.len == 0 || path.ptr[0] != '/') {
        return false;
    }
    struct slice rest = {path.ptr + 1, path.len - 1};
    while (rest.len > 0) {
        if (out->path_count == TARGET_SEGMENTS_MAX ||
            !decode(cut(&rest, '/'), false, out, &out->path[out->path_count++])) {
            return false;
        }
    }
    return true;
}

static bool parse_query(struct slice rest, struct target *out)
{
    while (rest.len > 0) {
        struct slice value = cut(&rest, '&');
        struct slice name = cut(&value, '=');
        if (name.len == 0 && value.len == 0) {
            continue;
        }
        if (out->query_count == TARGET_PARAMETERS_MAX) {
            return false;
        }
        struct target_parameter *parameter = &out->query[out->query_count++];
        if (!decode(name, true, out, &parameter->name) ||
            !decode(value, true, out, &parameter->value)) {
            return false;
        }
    }
    return true;
}

bool target_parse(struct slice text, struct target *out)
{
    struct slice fragment = text;
    struct slice query = cut(&fragment, '#');
    struct slice path = cut(&query, '?');
    *out = (struct target){.path_count = 0};
    bytes_reserve(&out->octets, text.len + 1);
    if (!parse_path(path, out) || !parse_query(query, out)) {
        target_finish(out);
        return false;
    }
    return true;
}

void target_finish(struct target *target)
{
    bytes_finish(&target->octets);
}

struct slice target_parameter(const struct target *target, struct slice name)
{
    for (uint8_t i = 0; i < target->query_count; i++) {
        if (slice_eq(target->query[i].name, name)) {
            return target->query[i].value;
        }
    }
    return (struct slice){NULL, 0};
}

bool target_flag(const struct target *target, struct slice name)
{
    return slice_eq(target_parameter(target, name), SLICE("true"));
}
