#include "ctl/admin_shape.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* The body and path that these arguments make, as "METHOD path body"; or the reason. */
static const char *shape(const char *verb, const char *type, const char *const *arguments)
{
    static char text[1024];
    struct text why = {.len = 0};
    const struct admin_shape *found = admin_shape_find(verb, type);
    cr_assert(found);
    json_t *body = admin_shape_body(found, arguments, "/", &why);
    if (!body) {
        snprintf(text, sizeof text, "%s", why.ptr);
        return text;
    }
    char *path = admin_shape_path(found, body);
    char *dumped = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    snprintf(text, sizeof text, "%s %s %s", found->method, path, dumped);
    free(path);
    free(dumped);
    json_decref(body);
    return text;
}

#define SHAPE(verb, type, ...) shape(verb, type, (const char *const[]){__VA_ARGS__, NULL})

Test(admin_shape, what_is_not_said_is_as_usual)
{
    cr_assert_str_eq(SHAPE("declare", "queue", "name=a b"),
                     "PUT /api/queues/%2F/a%20b {\"arguments\":{},\"auto_delete\":\"false\","
                     "\"durable\":\"true\",\"name\":\"a b\",\"vhost\":\"/\"}");
}

Test(admin_shape, values_may_be_json)
{
    cr_assert_str_eq(
        SHAPE("declare", "policy", "name=p", "pattern=^q", "definition={\"a\":1}", "priority=2"),
        "PUT /api/policies/%2F/p {\"definition\":{\"a\":1},\"name\":\"p\",\"pattern\":\"^q\","
        "\"priority\":2,\"vhost\":\"/\"}");
    cr_assert(
        strstr(SHAPE("declare", "queue", "name=q", "arguments={bad"), "Could not parse JSON"));
}

Test(admin_shape, the_type_of_a_queue_is_an_argument_of_it)
{
    cr_assert(strstr(SHAPE("declare", "queue", "name=q", "queue_type=quorum"),
                     "\"arguments\":{\"x-queue-type\":\"quorum\"}"));
}

Test(admin_shape, a_binding_has_a_letter_in_its_path)
{
    const char *text = SHAPE("delete", "binding", "source=e", "destination=x",
                             "destination_type=exchange", "properties_key=a.#");
    cr_assert(strstr(text, "DELETE /api/bindings/%2F/e/e/e/x/a.%23 "), "%s", text);
}

Test(admin_shape, a_virtual_host_may_be_an_argument)
{
    cr_assert(
        strstr(SHAPE("delete", "permission", "vhost=v", "user=u"), "DELETE /api/permissions/v/u "));
}

Test(admin_shape, what_is_missing_or_unknown_is_named)
{
    cr_assert_str_eq(SHAPE("declare", "exchange", "name=e"),
                     "mandatory argument \"type\" is required");
    cr_assert_str_eq(SHAPE("declare", "user", "name=u", "tags="),
                     "mandatory argument \"password|password_hash\" is required");
    cr_assert_str_eq(SHAPE("declare", "queue", "nme=q"), "Argument \"nme\" is not recognised");
    cr_assert_str_eq(SHAPE("declare", "queue", "q"), "Argument \"q\" not in the name=value format");
    cr_assert_null(admin_shape_find("declare", "nosuch"));
}
