#include "admin/identity.h"

#include <jansson.h>

#include "admin/base64.h"
#include "base/arena.h"
#include "broker/parameter.h"
#include "conf/format.h"
#include "conf/settings.h"
#include "server/engine.h"
#include "server/random.h"

enum { ID_SIZE = 16 };

/* An id as RabbitMQ makes it: random octets in base64 for URLs, without padding. */
static void add_id(struct bytes *json)
{
    uint8_t octets[ID_SIZE];
    random_fill(octets, sizeof octets);
    bytes_add(json, SLICE("\"rabbitmq-cluster-id-"));
    size_t from = json->len;
    base64_encode((struct slice){octets, sizeof octets}, json);
    while (json->ptr[json->len - 1] == '=') {
        json->len--;
    }
    for (size_t i = from; i < json->len; i++) {
        uint8_t c = json->ptr[i];
        json->ptr[i] = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    bytes_add_u8(json, '"');
}

static void put(struct broker *broker, struct slice name, struct slice value, struct effects *fx)
{
    struct parameter current = {.name = name};
    struct parameter wanted = {.name = name, .value = value};
    if (!broker_find_parameter(broker, &current) || !slice_eq(current.value, value)) {
        broker_put_parameter(broker, &wanted, fx);
    }
}

void identity_begin(struct broker *broker, const struct settings *settings, struct effects *fx)
{
    struct parameter id = {.name = CLUSTER_ID};
    struct bytes json = {0};
    if (!broker_find_parameter(broker, &id)) {
        add_id(&json);
        put(broker, CLUSTER_ID, bytes_slice(&json), fx);
    }
    if (*settings->cluster_name) {
        json.len = 0;
        format_add_json(&json, format_slice(settings->cluster_name));
        put(broker, CLUSTER_NAME, bytes_slice(&json), fx);
    }
    bytes_finish(&json);
}

/* The text that the JSON is; NULL if it is none. To be given back. */
static json_t *read_name(struct slice json)
{
    json_error_t error;
    json_t *value =
        json_loadb((const char *)json.ptr, json.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    size_t len = json_string_length(value);
    if (json_is_string(value) && len > 0 && len <= UINT8_MAX) {
        return value;
    }
    json_decref(value);
    return NULL;
}

bool identity_is_name(struct slice json)
{
    json_t *value = read_name(json);
    bool is_name = value;
    json_decref(value);
    return is_name;
}

struct slice identity_id(const struct broker *broker, struct arena *arena)
{
    struct parameter id = {.name = CLUSTER_ID};
    json_t *text = broker_find_parameter(broker, &id) ? read_name(id.value) : NULL;
    struct slice copy = arena_copy(
        arena, (struct slice){(const uint8_t *)json_string_value(text), json_string_length(text)});
    json_decref(text);
    return copy;
}

void identity_renew(const struct broker *broker, struct engine *engine, const char *node)
{
    struct parameter parameter = {.name = CLUSTER_NAME};
    bool given = broker_find_parameter(broker, &parameter);
    json_t *name = given ? read_name(parameter.value) : NULL;
    struct slice text = {(const uint8_t *)json_string_value(name), json_string_length(name)};
    engine_set_cluster_name(engine, name ? text : format_slice(node));
    json_decref(name);
}
