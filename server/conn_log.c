#include "server/conn_log.h"

#include <stdio.h>

#include "conf/log.h"
#include "server/conn_internal.h"

/* A slice for "%.*s". Nothing here is longer than a frame. */
#define ARG(slice) (int)(slice).len, (const char *)(slice).ptr

#define conn_log(conn, category, level, ...)                                                       \
    ((conn)->engine->options.log ? log_about((conn)->engine->options.log, category, level,         \
                                             (conn)->log_number, __VA_ARGS__)                      \
                                 : (void)0)

enum { WHO_MAX = 1200, DURATION_MAX = 64 };

static struct slice blob_or_empty(const struct blob *blob)
{
    return blob ? blob_slice(blob) : SLICE("");
}

static const char *duration(const struct conn *conn, char *out)
{
    uint64_t ms = conn->engine->now_ms - conn->connected_ms;
    unsigned long s = (unsigned long)(ms / 1000);
    if (ms < 1000) {
        snprintf(out, DURATION_MAX, "%lums", (unsigned long)ms);
    } else if (s < 60) {
        snprintf(out, DURATION_MAX, "%lus", s);
    } else if (s < 3600) {
        snprintf(out, DURATION_MAX, "%luM, %lus", s / 60, s % 60);
    } else if (s < 86400) {
        snprintf(out, DURATION_MAX, "%luH, %luM, %lus", s / 3600, s / 60 % 60, s % 60);
    } else {
        snprintf(out, DURATION_MAX, "%luD, %luH, %luM, %lus", s / 86400, s / 3600 % 24, s / 60 % 60,
                 s % 60);
    }
    return out;
}

/* "127.0.0.1:41000 -> 127.0.0.1:5672 - orders", and who is behind it if that is known. */
static const char *who(const struct conn *conn, char *out)
{
    struct slice name = blob_slice(conn->name);
    struct slice given = blob_or_empty(conn->given_name);
    given.len = given.len < 256 ? given.len : 256;
    int len = snprintf(out, WHO_MAX, "%.*s%s%.*s", ARG(name), given.len ? " - " : "", ARG(given));
    if (conn->vhost && conn->user && len > 0 && len < WHO_MAX) {
        struct slice vhost = blob_slice(conn->vhost);
        struct slice user = blob_slice(conn->user);
        snprintf(out + len, (size_t)(WHO_MAX - len), ", vhost: '%.*s', user: '%.*s'", ARG(vhost),
                 ARG(user));
    }
    return out;
}

/* The class and method of an error as RabbitMQ writes them: "basic.publish", or "none". */
static const char *operation(const struct conn_error *error, char *out, size_t cap)
{
    snprintf(out, cap, "none");
    for (int i = 0; i < METHOD_COUNT; i++) {
        enum amqp_method method = (enum amqp_method)i;
        if (amqp_class_id(method) == error->class_id &&
            amqp_method_id(method) == error->method_id) {
            snprintf(out, cap, "%s", amqp_method_name(method));
            *strchr(out, '_') = '.';
        }
    }
    return out;
}

/* "not_found" of NOT_FOUND. */
static const char *reply_name(enum amqp_reply reply, char *out, size_t cap)
{
    const char *name = amqp_reply_name(reply);
    size_t i = 0;
    for (; name[i] != '\0' && i + 1 < cap; i++) {
        out[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
    }
    out[i] = '\0';
    return out;
}

void conn_log_accepting(const struct conn *conn, bool health_check)
{
    // A connection that never says anything is a load balancer's check, and not worth a line.
    enum log_level level = health_check ? LEVEL_DEBUG : LEVEL_INFO;
    conn_log(conn, LOG_CONNECTION, level, "accepting AMQP connection %.*s",
             ARG(blob_slice(conn->name)));
}

void conn_log_named(const struct conn *conn)
{
    conn_log(conn, LOG_CONNECTION, LEVEL_INFO, "connection %.*s has a client-provided name: %.*s",
             ARG(blob_slice(conn->name)), ARG(blob_slice(conn->given_name)));
}

void conn_log_opened(const struct conn *conn)
{
    struct slice given = blob_or_empty(conn->given_name);
    conn_log(conn, LOG_CONNECTION, LEVEL_INFO,
             "connection %.*s%s%.*s: user '%.*s' authenticated and granted access to vhost '%.*s'",
             ARG(blob_slice(conn->name)), given.len ? " - " : "", ARG(given),
             ARG(blob_slice(conn->user)), ARG(blob_slice(conn->vhost)));
}

void conn_log_updated_secret(const struct conn *conn, struct slice reason)
{
    conn_log(conn, LOG_CONNECTION, LEVEL_INFO,
             "connection %.*s: user '%.*s' updated secret, reason: %.*s",
             ARG(blob_slice(conn->name)), ARG(blob_slice(conn->user)), ARG(reason));
}

void conn_log_closing(const struct conn *conn)
{
    char name[WHO_MAX], time[DURATION_MAX];
    conn_log(conn, LOG_CONNECTION, LEVEL_INFO, "closing AMQP connection (%s, duration: '%s')",
             who(conn, name), duration(conn, time));
}

static void log_ended(const struct conn *conn, enum log_level level, struct slice why)
{
    char name[WHO_MAX], time[DURATION_MAX];
    conn_log(conn, LOG_CONNECTION, level, "closing AMQP connection <0.%lu.0> (%s, duration: '%s'):",
             (unsigned long)conn->log_number, who(conn, name), duration(conn, time));
    conn_log(conn, LOG_CONNECTION, level, "%.*s", ARG(why));
}

void conn_log_ended(const struct conn *conn, struct slice why)
{
    log_ended(conn, LEVEL_WARNING, why);
}

void conn_log_missed_heartbeats(const struct conn *conn)
{
    struct text why;
    text_clear(&why);
    text_format(&why, "missed heartbeats from client, timeout: %us", (uint64_t)conn->heartbeat_s);
    log_ended(conn, LEVEL_ERROR, text_slice(&why));
}

static void log_head(const struct conn *conn, enum log_category category, const char *head,
                     const struct conn_error *error)
{
    char name[WHO_MAX];
    conn_log(conn, category, LEVEL_ERROR, "%s <0.%lu.0> (%s, state: %s), channel %u:", head,
             (unsigned long)conn->log_number, who(conn, name),
             conn_phase_name((enum conn_phase)conn->phase), (unsigned)error->channel);
}

void conn_log_refused_login(const struct conn *conn, struct slice why)
{
    char name[WHO_MAX];
    conn_log(conn, LOG_CONNECTION, LEVEL_ERROR,
             "Error on AMQP connection <0.%lu.0> (%s, state: starting):",
             (unsigned long)conn->log_number, who(conn, name));
    conn_log(conn, LOG_CONNECTION, LEVEL_ERROR, "%.*s", ARG(why));
}

void conn_log_error(const struct conn *conn, const struct conn_error *error)
{
    char method[64], reply[32];
    log_head(conn, LOG_CONNECTION, "Error on AMQP connection", error);
    conn_log(conn, LOG_CONNECTION, LEVEL_ERROR,
             " operation %s caused a connection exception %s: \"%.*s\"",
             operation(error, method, sizeof method), reply_name(error->reply, reply, sizeof reply),
             ARG(error->text));
}

void conn_log_channel_error(const struct conn *conn, const struct conn_error *error)
{
    char name[WHO_MAX], method[64], reply[32];
    conn_log(conn, LOG_CHANNEL, LEVEL_ERROR,
             "Channel error on connection <0.%lu.0> (%s), channel %u:",
             (unsigned long)conn->log_number, who(conn, name), (unsigned)error->channel);
    conn_log(conn, LOG_CHANNEL, LEVEL_ERROR, "operation %s caused a channel exception %s: %.*s",
             operation(error, method, sizeof method), reply_name(error->reply, reply, sizeof reply),
             ARG(error->text));
}
