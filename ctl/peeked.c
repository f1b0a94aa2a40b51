#include "ctl/peeked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As RabbitMQ has them: the last one of the specification first. */
static const char *const names[] = {
    "cluster_id",    "app_id",           "user_id",     "type",           "timestamp",
    "message_id",    "expiration",       "reply_to",    "correlation_id", "priority",
    "delivery_mode", "content_encoding", "content_type"};

static void add(json_t *rows, const char *key, json_t *value) // takes the value
{
    json_array_append_new(rows, json_pack("{s:s,s:o}", "keys", key, "values", value));
}

static void add_properties(json_t *rows, const json_t *properties)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *value = json_object_get(properties, names[i]);
        if (value) {
            add(rows, names[i], json_incref(value));
        }
    }
}

/* The routing key, then those of the header CC. */
static json_t *routing_keys(const json_t *message, const json_t *headers)
{
    json_t *keys = json_pack("[O]", json_object_get(message, "routing_key"));
    json_array_extend(keys, json_object_get(headers, "CC"));
    return keys;
}

/* What is no text came in base64, and is shown as that. */
static void add_payload(json_t *rows, const json_t *message)
{
    const char *encoding = json_string_value(json_object_get(message, "payload_encoding"));
    add(rows, "payload (max 64 bytes)", json_incref(json_object_get(message, "payload")));
    if (encoding && strcmp(encoding, "string") != 0) {
        add(rows, "payload_encoding", json_string(encoding));
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* By name, as RabbitMQ sorts them when it adds x-delivery-count, which it does to every message. */
static void add_headers(json_t *rows, json_t *headers)
{
    size_t count = 0;
    const char **keys = calloc(json_object_size(headers) + 1, sizeof *keys);
    const char *key;
    json_t *value;
    json_object_foreach(headers, key, value)
    {
        keys[count++] = key;
    }
    qsort(keys, count, sizeof *keys, by_text);
    for (size_t i = 0; i < count; i++) {
        char name[300];
        snprintf(name, sizeof name, "header.%s", keys[i]);
        add(rows, name, json_incref(json_object_get(headers, keys[i])));
    }
    free(keys);
}

json_t *peeked_rows(const json_t *message)
{
    const json_t *properties = json_object_get(message, "properties");
    json_t *given = json_object_get(properties, "headers");
    json_t *headers = json_is_object(given) ? json_copy(given) : json_object();
    json_t *rows = json_array();
    json_object_set(headers, "x-delivery-count", json_object_get(message, "delivery_count"));
    add_properties(rows, properties);
    add(rows, "routing_keys", routing_keys(message, headers));
    add(rows, "exchange", json_incref(json_object_get(message, "exchange")));
    add_payload(rows, message);
    add_headers(rows, headers);
    json_decref(headers);
    return rows;
}

json_t *peeked_object(const json_t *rows)
{
    size_t index;
    json_t *row, *object = json_object();
    json_array_foreach(rows, index, row)
    {
        json_object_set(object, json_string_value(json_object_get(row, "keys")),
                        json_object_get(row, "values"));
    }
    return object;
}
