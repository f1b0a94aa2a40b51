#include "tests/fuzz/fuzz.h"

#include <jansson.h>

#include "admin/binding_key.h"
#include "admin/json_table.h"
#include "admin/multipart.h"
#include "admin/target.h"
#include "amqp/table.h"
#include "base/check.h"

/* A decoded name, escaped as a properties_key, decodes to itself, and is what the key fits. */
static void check_segment(struct slice segment)
{
    struct bytes text = {0};
    struct target again;
    bytes_add(&text, SLICE("/?x="));
    size_t from = text.len;
    binding_key_add(segment, SLICE(""), &text);
    CHECK(binding_key_fits((struct slice){text.ptr + from, text.len - from}, segment, SLICE("")));
    CHECK(target_parse(bytes_slice(&text), &again));
    struct slice value = target_parameter(&again, SLICE("x"));
    CHECK(segment.len > 0 ? slice_eq(value, segment) : slice_eq(value, SLICE("~")));
    target_finish(&again);
    bytes_finish(&text);
}

static void check_target(struct slice text)
{
    struct target target;
    if (target_parse(text, &target)) {
        for (uint8_t i = 0; i < target.path_count; i++) {
            check_segment(target.path[i]);
        }
        (void)target_flag(&target, SLICE("sort_reverse"));
        target_finish(&target);
    }
}

/* Whatever JSON becomes a table becomes JSON again, and that the same table. */
static void check_table(const json_t *object)
{
    struct bytes table = {0}, again = {0}, text = {0};
    struct writer w;
    json_error_t error;
    if (json_to_table(object, &table)) {
        CHECK(table_valid(bytes_slice(&table)));
        writer_init(&w, &text, NULL);
        write_table(&w, NULL, bytes_slice(&table));
        json_t *copy = json_loadb((const char *)text.ptr, text.len, JSON_ALLOW_NUL, &error);
        CHECK(copy && json_to_table(copy, &again));
        CHECK(table.len == again.len);
        json_decref(copy);
    }
    bytes_finish(&table);
    bytes_finish(&again);
    bytes_finish(&text);
}

static void check_json(struct slice text)
{
    json_error_t error;
    json_t *value = json_loadb((const char *)text.ptr, text.len, JSON_ALLOW_NUL, &error);
    struct bytes encoded = {0};
    struct amqp_properties properties;
    const char *wrong;
    if (json_is_object(value)) {
        check_table(value);
        if (json_to_properties(value, &encoded, &wrong)) {
            CHECK(properties_decode(bytes_slice(&encoded), &properties));
        }
    }
    bytes_finish(&encoded);
    json_decref(value);
}

/* A form: its content type, a line end, and its body. */
static void check_form(struct slice text)
{
    const uint8_t *end = text.len > 0 ? memchr(text.ptr, '\n', text.len) : NULL;
    if (end) {
        struct slice type = {text.ptr, (size_t)(end - text.ptr)};
        struct slice body = {end + 1, text.len - type.len - 1};
        struct slice file;
        if (multipart_find(type, body, SLICE("file"), &file) && file.len > 0) {
            CHECK(file.ptr >= body.ptr && file.ptr + file.len <= body.ptr + body.len);
        }
    }
}

/* The first octet says what the rest is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0) {
        struct slice rest = {data + 1, size - 1};
        if (data[0] == '/') {
            check_target((struct slice){data, size});
        } else if (data[0] == 'm') {
            check_form(rest);
        } else {
            check_json(rest);
        }
    }
    return 0;
}
