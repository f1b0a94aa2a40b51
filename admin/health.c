#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/listeners.h"
#include "broker/broker.h"
#include "conf/settings.h"
#include "server/certificate.h"
#include "server/conn_view.h"
#include "server/server.h"

static struct writer *begin_failed(struct answer *answer, struct call *call, const char *reason)
{
    struct writer *w = answer_begin(answer, call);
    call->reply->status = HTTP_UNAVAILABLE;
    write_object(w, NULL);
    write_str(w, "status", "failed");
    write_str(w, "reason", reason);
    return w;
}

static struct writer *begin_ok(struct answer *answer, struct call *call)
{
    struct writer *w = answer_begin(answer, call);
    write_object(w, NULL);
    write_str(w, "status", "ok");
    return w;
}

void on_health_ok(struct call *call)
{
    struct answer answer;
    write_end(begin_ok(&answer, call));
}

void on_health_of_node(struct call *call)
{
    if (call_is_here(call, call->arguments[0])) {
        on_health_ok(call);
    }
}

/* Whether clients are let in. */
void on_health_in_service(struct call *call)
{
    struct answer answer;
    const struct server *server = call->api->options.server;
    if (server && server_suspended(server)) {
        write_end(begin_failed(&answer, call, "the listeners are suspended"));
        return;
    }
    on_health_ok(call);
}

/* Whether another connection is let in. */
void on_health_connection_limit(struct call *call)
{
    struct answer answer;
    uint64_t limit = call_settings(call)->connection_max;
    uint64_t current = broker_counters(call_broker(call))->connections;
    bool below = current < limit;
    struct writer *w = below ? begin_ok(&answer, call)
                             : begin_failed(&answer, call, "node connection limit is reached");
    write_u64(w, "current", current);
    if (limit == VALUE_UNLIMITED) {
        write_str(w, "limit", "infinity");
    } else {
        write_u64(w, "limit", limit);
    }
    write_end(w);
}

/* As RabbitMQ does since 4.1: that it answers is all that it says. */
void on_aliveness_test(struct call *call)
{
    on_health_ok(call);
}

void on_health_single_node(struct call *call)
{
    struct answer answer;
    struct writer *w = begin_ok(&answer, call);
    write_str(w, "reason", "single node cluster");
    write_end(w);
}

static void write_alarm(struct writer *w, const struct api *api, const char *resource)
{
    write_object(w, NULL);
    write_str(w, "node", api->options.node);
    write_str(w, "resource", resource);
    write_end(w);
}

void on_health_alarms(struct call *call)
{
    struct answer answer;
    struct alarms_view alarms = engine_view_alarms(call->api->options.engine);
    if (!alarms.memory && !alarms.disk) {
        on_health_ok(call);
        return;
    }
    struct writer *w = begin_failed(&answer, call, "There are alarms in effect in the cluster");
    write_array(w, "alarms");
    if (alarms.memory) {
        write_alarm(w, call->api, "memory");
    }
    if (alarms.disk) {
        write_alarm(w, call->api, "disk");
    }
    write_end(w);
    write_end(w);
}

/* A number that is not absurdly long. */
static bool read_number(struct slice text, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || i > 8) {
            return false;
        }
        *number = *number * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return text.len > 0;
}

/* The seconds of a unit; 0 if there is none of this name. Years and months are of equal length, as
 * in RabbitMQ. */
static uint64_t seconds_of(struct slice unit)
{
    enum { DAY = 24 * 60 * 60 };
    static const struct {
        const char *name;
        uint64_t seconds;
    } units[] = {
        {"days", DAY}, {"weeks", 7 * DAY}, {"months", 1461 * DAY / 48}, {"years", 1461 * DAY / 4}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (slice_eq(unit, (struct slice){(const uint8_t *)units[i].name, strlen(units[i].name)})) {
            return units[i].seconds;
        }
    }
    return 0;
}

static void write_expiring(struct writer *w, const struct api *api, const struct listening *at)
{
    const struct settings *settings = api->options.settings;
    write_object(w, NULL);
    write_str(w, "node", api->options.node);
    write_text(w, "interface", at->address);
    write_u64(w, "port", at->port);
    write_str(w, "protocol", at->protocol);
    write_str(w, "cacertfile", settings->ssl_cacertfile);
    write_str(w, "certfile", settings->ssl_certfile);
    write_end(w);
}

static bool outlasts(const char *file, uint64_t seconds)
{
    return !*file || certificate_outlasts(file, seconds);
}

/* Of all listeners with TLS, which share their files. */
static void check_certificates(struct call *call, uint64_t seconds)
{
    struct answer answer;
    struct listening found[LISTENERS_MAX];
    const struct api *api = call->api;
    size_t count = listeners_find(call, found), secure = 0;
    for (size_t i = 0; i < count; i++) {
        secure += strcmp(found[i].protocol, "amqp/ssl") == 0;
    }
    if (secure == 0 || (outlasts(api->options.settings->ssl_certfile, seconds) &&
                        outlasts(api->options.settings->ssl_cacertfile, seconds))) {
        on_health_ok(call);
        return;
    }
    struct writer *w = begin_failed(&answer, call, "Certificates expiring");
    write_array(w, "expired");
    for (size_t i = 0; i < count; i++) {
        if (strcmp(found[i].protocol, "amqp/ssl") == 0) {
            write_expiring(w, api, &found[i]);
        }
    }
    write_end(w);
    write_end(w);
}

void on_health_certificates(struct call *call)
{
    uint64_t number;
    uint64_t unit = seconds_of(call->arguments[1]);
    if (!read_number(call->arguments[0], &number)) {
        reply_bad_request(call->reply, SLICE("Invalid expiration value."));
    } else if (unit == 0) {
        reply_bad_request(
            call->reply,
            SLICE("Time unit not recognised. Supported units: days, weeks, months, years."));
    } else {
        check_certificates(call, number * unit);
    }
}

void on_health_port(struct call *call)
{
    struct answer answer;
    struct listening found[LISTENERS_MAX];
    size_t count = listeners_find(call, found);
    uint64_t port;
    if (!read_number(call->arguments[0], &port)) {
        reply_bad_request(call->reply, SLICE("Invalid port"));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (found[i].port == port) {
            struct writer *w = begin_ok(&answer, call);
            write_u64(w, "port", port);
            write_end(w);
            return;
        }
    }
    struct writer *w = begin_failed(&answer, call, "No active listener");
    write_u64(w, "missing", port);
    write_array(w, "ports");
    for (size_t i = 0; i < count; i++) {
        write_u64(w, NULL, found[i].port);
    }
    write_end(w);
    write_end(w);
}

/* In small letters, in the call's arena. */
static struct slice small(struct call *call, struct slice name)
{
    struct slice copy = arena_copy(&call->arena, name);
    for (size_t i = 0; i < copy.len; i++) {
        uint8_t *octet = (uint8_t *)copy.ptr + i;
        *octet |= *octet >= 'A' && *octet <= 'Z' ? 0x20 : 0;
    }
    return copy;
}

/* Some go by more than one name. */
static bool same_protocol(struct slice wanted, const char *protocol)
{
    if (slice_eq(wanted, SLICE("amqps"))) {
        wanted = SLICE("amqp/ssl");
    } else if (slice_eq(wanted, SLICE("amqp091")) || slice_eq(wanted, SLICE("amqp0.9.1")) ||
               slice_eq(wanted, SLICE("amqp0-9-1"))) {
        wanted = SLICE("amqp");
    } else if (slice_eq(wanted, SLICE("management"))) {
        wanted = SLICE("http");
    }
    return slice_eq(wanted, (struct slice){(const uint8_t *)protocol, strlen(protocol)});
}

void on_health_protocol(struct call *call)
{
    struct answer answer;
    struct listening found[LISTENERS_MAX];
    size_t count = listeners_find(call, found);
    struct slice wanted = small(call, call->arguments[0]);
    for (size_t i = 0; i < count; i++) {
        if (same_protocol(wanted, found[i].protocol)) {
            struct writer *w = begin_ok(&answer, call);
            write_str(w, "protocol", found[i].protocol);
            write_end(w);
            return;
        }
    }
    struct writer *w = begin_failed(&answer, call, "No active listener");
    write_text(w, "missing", call->arguments[0]);
    write_array(w, "protocols");
    for (size_t i = 0; i < count; i++) {
        write_str(w, NULL, found[i].protocol);
    }
    write_end(w);
    write_end(w);
}
