#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/json_table.h"
#include "admin/peers.h"
#include "admin/rows.h"
#include "admin/statistics.h"

static void write_nulls(struct writer *w, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        write_null(w, names[i]);
    }
}

/* What connections are written with. */
struct conn_context {
    const struct api *api;
    const struct statistics *statistics;
    bool alone;
};

static void write_connection(struct writer *w, const void *item, const void *context)
{
    static const char *const tls[] = {"ssl_cipher",        "ssl_hash",         "ssl_key_exchange",
                                      "ssl_protocol",      "peer_cert_issuer", "peer_cert_subject",
                                      "peer_cert_validity"};
    const struct conn_view *view = item;
    const struct conn_context *with = context;
    const struct api *api = with->api;
    struct peer_ends ends = peer_ends_of(view->name);
    write_object(w, NULL);
    write_text(w, "name", view->name);
    write_text(w, "vhost", view->vhost);
    write_text(w, "user", view->user);
    write_text(w, "user_who_performed_action", view->user);
    write_str(w, "node", api->options.node);
    write_str(w, "type", "network");
    write_str(w, "protocol", "AMQP 0-9-1");
    write_str(w, "state", view->state);
    write_str(w, "auth_mechanism", view->mechanism);
    write_text(w, "host", ends.host);
    write_u64(w, "port", ends.port);
    write_text(w, "peer_host", ends.peer_host);
    write_u64(w, "peer_port", ends.peer_port);
    write_truth(w, "ssl", view->tls);
    write_nulls(w, tls, sizeof tls / sizeof *tls);
    write_u64(w, "channels", view->channels);
    write_u64(w, "channel_max", view->channel_max);
    write_u64(w, "frame_max", view->frame_max);
    write_u64(w, "timeout", view->heartbeat_s);
    write_u64(w, "connected_at", view->connected_at_ms);
    struct subject subject = subject_of_connection(with->statistics, view, with->alone);
    write_octets(w, &subject);
    write_u64(w, "send_pend", view->unsent);
    write_table(w, "client_properties", view->client_properties);
    if (view->given_name.ptr) {
        write_text(w, "user_provided_name", view->given_name);
    }
    write_end(w);
}

/* Who does not monitor sees what is his own. */
static bool shows(const struct call *call, const struct conn_view *conn, struct slice user)
{
    bool his = call_may(call, RIGHT_MONITORING) || slice_eq(conn->user, call->user);
    return his && (!call->vhost.ptr || slice_eq(conn->vhost, call->vhost)) &&
           (!user.ptr || slice_eq(conn->user, user));
}

/* One that lies in the call's arena; NULL, and answered, if the parameters make no sense. */
static struct conn_context *context_of(struct call *call)
{
    struct conn_context *context = arena_new(&call->arena, sizeof *context);
    context->api = call->api;
    context->statistics = statistics_begin(call);
    return context->statistics ? context : NULL;
}

static void answer_connections(struct call *call, struct slice user)
{
    size_t count, kept = 0;
    struct conn_view *views = engine_view_conns(call->api->options.engine, &call->arena, &count);
    for (size_t i = 0; i < count; i++) {
        if (shows(call, &views[i], user)) {
            views[kept++] = views[i];
        }
    }
    const struct conn_context *context = context_of(call);
    if (!context) {
        return;
    }
    answer_list(call, (struct listing_source){.items = views,
                                              .count = kept,
                                              .size = sizeof *views,
                                              .keys = 1,
                                              .paged = true,
                                              .context = context,
                                              .write = write_connection});
}

void on_connections(struct call *call)
{
    answer_connections(call, (struct slice){NULL, 0});
}

void on_connections_of_user(struct call *call)
{
    answer_connections(call, call->arguments[0]);
}

/* The connection of the path, in the arena; NULL, and answered, if there is none to be seen. */
static const struct conn_view *find(struct call *call)
{
    size_t count;
    const struct conn_view *views =
        engine_view_conns(call->api->options.engine, &call->arena, &count);
    for (size_t i = 0; i < count; i++) {
        if (!slice_eq(views[i].name, call->arguments[0])) {
            continue;
        }
        if (shows(call, &views[i], (struct slice){NULL, 0})) {
            return &views[i];
        }
        reply_not_authorised(call->reply, "User not authorised to access object");
        return NULL;
    }
    reply_not_found(call->reply);
    return NULL;
}

void on_connection(struct call *call)
{
    struct answer answer;
    const struct conn_view *view = find(call);
    struct conn_context *context = view ? context_of(call) : NULL;
    if (context) {
        context->alone = true;
        write_connection(answer_begin(&answer, call), view, context);
    }
}

static struct slice reason_of(const struct call *call)
{
    struct slice given = call->request->reason;
    return given.len > 0 ? given : SLICE("Closed via management plugin");
}

void on_connection_delete(struct call *call)
{
    const struct conn_view *view = find(call);
    if (view) {
        engine_close_conn(call->api->options.engine, view->name, reason_of(call),
                          call->request->now_ms);
        call->reply->status = HTTP_NO_CONTENT;
    }
}

void on_connections_of_user_delete(struct call *call)
{
    size_t count;
    const struct conn_view *views =
        engine_view_conns(call->api->options.engine, &call->arena, &count);
    for (size_t i = 0; i < count; i++) {
        if (shows(call, &views[i], call->arguments[0])) {
            engine_close_conn(call->api->options.engine, views[i].name, reason_of(call),
                              call->request->now_ms);
        }
    }
    call->reply->status = HTTP_NO_CONTENT;
}

/* A channel with the name that only its connection can tell. */
struct row {
    struct slice name;
    struct channel_view view;
};

/* What channels are written with. */
struct channel_context {
    const struct peers *peers;
    const struct statistics *statistics;
    bool disabled; // nothing that was counted is told
    bool alone;
};

static void write_members(struct writer *w, const struct row *row,
                          const struct channel_context *context)
{
    const struct peers *peers = context->peers;
    const struct channel_view *view = &row->view;
    write_text(w, "name", row->name);
    write_u64(w, "number", view->number);
    write_text(w, "vhost", view->vhost);
    write_text(w, "user", view->user);
    write_text(w, "user_who_performed_action", view->user);
    write_str(w, "node", peers->api->options.node);
    write_str(w, "state", "running");
    write_truth(w, "confirm", view->confirms);
    write_truth(w, "transactional", view->transactional);
    write_u64(w, "consumer_count", view->consumers);
    write_u64(w, "prefetch_count", view->prefetch);
    write_u64(w, "global_prefetch_count", view->prefetch_global);
    write_u64(w, "messages_unacknowledged", view->unsettled);
    if (!context->disabled) {
        struct subject subject = subject_of_channel(context->statistics, view, context->alone);
        write_message_stats(w, &subject);
    }
    write_connection_details(w, "connection_details", peers_find(peers, view->conn));
}

static void write_channel(struct writer *w, const void *item, const void *context)
{
    write_object(w, NULL);
    write_members(w, item, context);
    write_end(w);
}

/* All channels that the user may see, of one connection if it has a name. */
static struct row *find_channels(struct call *call, const struct peers *peers, struct slice of,
                                 size_t *count)
{
    size_t all;
    struct view_scope scope = call_scope(call);
    const struct channel_view *views = view_channels(call_broker(call), &scope, &all);
    struct row *rows = arena_array(&call->arena, all, sizeof *rows);
    *count = 0;
    for (size_t i = 0; i < all; i++) {
        const struct conn_view *conn = peers_find(peers, views[i].conn);
        if (conn && shows(call, conn, (struct slice){NULL, 0}) &&
            (!of.ptr || slice_eq(conn->name, of))) {
            struct bytes name = channel_name(conn->name, views[i].number);
            rows[(*count)++] = (struct row){arena_copy(&call->arena, bytes_slice(&name)), views[i]};
            bytes_finish(&name);
        }
    }
    return rows;
}

/* As context_of. */
static struct channel_context *channel_context_of(struct call *call)
{
    struct channel_context *context = arena_new(&call->arena, sizeof *context);
    context->peers = peers_view(call);
    context->statistics = statistics_begin(call);
    context->disabled = statistics_disabled(call);
    return context->statistics ? context : NULL;
}

static void answer_channels(struct call *call, struct slice of)
{
    size_t count;
    const struct channel_context *context = channel_context_of(call);
    if (!context) {
        return;
    }
    const struct row *rows = find_channels(call, context->peers, of, &count);
    answer_list(call, (struct listing_source){.items = rows,
                                              .count = count,
                                              .size = sizeof *rows,
                                              .keys = 1,
                                              .paged = true,
                                              .context = context,
                                              .write = write_channel});
}

void on_channels(struct call *call)
{
    answer_channels(call, (struct slice){NULL, 0});
}

void on_connection_channels(struct call *call)
{
    const struct conn_view *conn = find(call);
    if (conn) {
        answer_channels(call, conn->name);
    }
}

static void write_consumers_of(struct writer *w, struct call *call, const struct row *row,
                               const struct peers *peers)
{
    size_t count;
    struct view_scope scope = call_scope(call);
    const struct consumer_view *views = view_consumers(call_broker(call), &scope, &count);
    write_array(w, "consumer_details");
    for (size_t i = 0; i < count; i++) {
        if (views[i].conn == row->view.conn && views[i].channel == row->view.number) {
            write_consumer(w, &views[i], peers);
        }
    }
    write_end(w);
}

/* Rates of single exchanges and queues, which RabbitMQ has in another mode only. */
static void write_no_details(struct writer *w)
{
    write_array(w, "publishes");
    write_end(w);
    write_array(w, "deliveries");
    write_end(w);
}

void on_channel(struct call *call)
{
    size_t count;
    struct answer answer;
    struct channel_context *context = channel_context_of(call);
    if (!context) {
        return;
    }
    const struct row *rows = find_channels(call, context->peers, (struct slice){NULL, 0}, &count);
    for (size_t i = 0; i < count; i++) {
        if (slice_eq(rows[i].name, call->arguments[0])) {
            struct writer *w = answer_begin(&answer, call);
            write_object(w, NULL);
            context->alone = true;
            write_members(w, &rows[i], context);
            write_consumers_of(w, call, &rows[i], context->peers);
            write_no_details(w);
            write_end(w);
            return;
        }
    }
    reply_not_found(call->reply);
}
