#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/details.h"
#include "admin/erlang.h"
#include "admin/handlers.h"
#include "admin/json_table.h"
#include "admin/peers.h"
#include "admin/peers_walk.h"
#include "admin/rows.h"
#include "admin/statistics.h"
#include "server/tls_terms.h"

/* Without TLS they are empty. */
static void write_terms(struct writer *w, const struct conn_view *view)
{
    struct tls_terms terms = tls_terms_unpack(view->terms);
    write_truth(w, "ssl", view->tls);
    write_text(w, "ssl_protocol", terms.protocol);
    write_text(w, "ssl_key_exchange", terms.key_exchange);
    write_text(w, "ssl_cipher", terms.cipher);
    write_text(w, "ssl_hash", terms.hash);
    write_text(w, "peer_cert_issuer", terms.issuer);
    write_text(w, "peer_cert_subject", terms.subject);
    write_text(w, "peer_cert_validity", terms.validity);
}

/* What connections are written with. */
struct conn_context {
    const struct api *api;
    const struct statistics *statistics;
    bool alone;
};

static void write_connection(struct writer *w, const void *item, const void *context)
{
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
    write_terms(w, view);
    write_u64(w, "channels", view->channels);
    write_u64(w, "channel_max", view->channel_max);
    write_u64(w, "frame_max", view->frame_max);
    write_u64(w, "timeout", view->heartbeat_s);
    write_u64(w, "connected_at", view->connected_at_ms);
    struct subject subject = subject_of_connection(with->statistics, view, with->alone);
    write_octets(w, &subject);
    write_u64(w, "recv_cnt", view->reads);
    write_u64(w, "send_cnt", view->writes);
    write_u64(w, "send_pend", view->unsent);
    write_process(w, with->statistics);
    write_table(w, "client_properties", view->client_properties);
    if (view->given_name.ptr) {
        write_text(w, "user_provided_name", view->given_name);
    }
    write_end(w);
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
    const struct conn_context *context = context_of(call);
    if (!context) {
        return;
    }
    answer_list(call, (struct listing_source){.walk = walk_conns(call, user),
                                              .size = sizeof(struct conn_view),
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

/* The connection of this name, in the arena; NULL, and answered, if there is none to be seen. */
static const struct conn_view *find(struct call *call, struct slice name)
{
    struct conn_view *view = arena_new(&call->arena, sizeof *view);
    if (!engine_find_conn(call->api->options.engine, name, view)) {
        reply_not_found(call->reply);
        return NULL;
    }
    if (!peers_shown(call, view, (struct slice){NULL, 0})) {
        reply_not_authorised(call->reply, "User not authorised to access object");
        return NULL;
    }
    conn_view_keep(&call->arena, view);
    return view;
}

void on_connection(struct call *call)
{
    struct answer answer;
    const struct conn_view *view = find(call, call->arguments[0]);
    struct conn_context *context = view ? context_of(call) : NULL;
    if (context) {
        context->alone = true;
        write_connection(answer_begin(&answer, call), view, context);
    }
}

/* Sessions are those of AMQP 1.0, which nobody speaks here. */
void on_connection_sessions(struct call *call)
{
    if (find(call, call->arguments[0])) {
        reply_bad_request(call->reply, SLICE("connection does not use AMQP 1.0"));
    }
}

static struct slice reason_of(const struct call *call)
{
    struct slice given = call->request->reason;
    return given.len > 0 ? given : SLICE("Closed via management plugin");
}

void on_connection_delete(struct call *call)
{
    const struct conn_view *view = find(call, call->arguments[0]);
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
        if (peers_shown(call, &views[i], call->arguments[0])) {
            engine_close_conn(call->api->options.engine, views[i].name, reason_of(call),
                              call->request->now_ms);
        }
    }
    call->reply->status = HTTP_NO_CONTENT;
}

/* What channels are written with. */
struct channel_context {
    const struct peers *peers;
    const struct statistics *statistics;
    bool disabled; // nothing that was counted is told
    bool alone;
};

static void write_members(struct writer *w, const struct channel_row *row,
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
    write_u64(w, "messages_unconfirmed", channel_unconfirmed(peers->api->options.engine, view));
    write_u64(w, "messages_uncommitted", view->messages_uncommitted);
    write_u64(w, "acks_uncommitted", view->settles_uncommitted);
    write_u64(w, "pending_raft_commands", 0);
    write_u64(w, "cached_segments", 0);
    write_idle(w, view->active_ms + peers->api->options.wall_offset_ms,
               context->statistics->now_ms);
    write_process(w, context->statistics);
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

/* As context_of. */
static struct channel_context *channel_context_of(struct call *call)
{
    struct channel_context *context = arena_new(&call->arena, sizeof *context);
    context->peers = peers_view(call);
    context->statistics = statistics_begin(call);
    context->disabled = statistics_disabled(call);
    return context->statistics ? context : NULL;
}

static void answer_channels(struct call *call, struct slice conn)
{
    const struct channel_context *context = channel_context_of(call);
    if (!context) {
        return;
    }
    answer_list(call, (struct listing_source){.walk = walk_channels(call, conn),
                                              .size = sizeof(struct channel_row),
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
    const struct conn_view *conn = find(call, call->arguments[0]);
    if (conn) {
        answer_channels(call, conn->name);
    }
}

static void write_consumers_of(struct writer *w, struct call *call, const struct channel_row *row,
                               const struct peers *peers)
{
    size_t count;
    struct channel_place place = {.conn = row->view.conn, .number = row->view.number};
    const struct consumer_view *views =
        view_consumers_of_channel(call_broker(call), &place, &call->arena, &count);
    write_array(w, "consumer_details");
    for (size_t i = 0; i < count; i++) {
        write_consumer(w, &views[i], peers);
    }
    write_end(w);
}

/* The connection's name in "127.0.0.1:41000 -> 127.0.0.1:5672 (1)", and the number. False if it is
 * not of this form. */
static bool split_name(struct slice name, struct slice *conn, uint16_t *number)
{
    size_t end = name.len, value = 0;
    if (end < 4 || name.ptr[--end] != ')') {
        return false;
    }
    size_t from = end;
    while (from > 0 && name.ptr[from - 1] >= '0' && name.ptr[from - 1] <= '9') {
        from--;
    }
    for (size_t i = from; i < end && value <= UINT16_MAX; i++) {
        value = value * 10 + (size_t)(name.ptr[i] - '0');
    }
    if (from == end || name.ptr[from] == '0' || value > UINT16_MAX || from < 2 ||
        name.ptr[from - 1] != '(' || name.ptr[from - 2] != ' ') {
        return false;
    }
    *conn = (struct slice){name.ptr, from - 2};
    *number = (uint16_t)value;
    return true;
}

/* The channel of the path. False, and answered, if there is none to be seen. */
static bool find_channel(struct call *call, struct channel_row *row)
{
    struct slice name;
    struct conn_view conn;
    struct channel_place place;
    row->name = call->arguments[0];
    if (!split_name(row->name, &name, &place.number) ||
        !engine_find_conn(call->api->options.engine, name, &conn) ||
        !peers_shown(call, &conn, (struct slice){NULL, 0})) {
        reply_not_found(call->reply);
        return false;
    }
    place.conn = conn.id;
    bool found = view_channel(call_broker(call), &place, &call->arena, &row->view);
    if (!found) {
        reply_not_found(call->reply);
    }
    return found;
}

static void answer_channel_details(struct call *call, struct answer *answer,
                                   const struct channel_row *row,
                                   const struct channel_context *context)
{
    struct details details = {
        .query = {.of = PAIRS_OF_CHANNEL, .channel = {row->view.conn, row->view.number}},
        .statistics = context->statistics,
        .peers = context->peers,
        .disabled = context->disabled,
    };
    answer_details(call, answer, &details);
}

void on_channel(struct call *call)
{
    struct answer answer;
    struct channel_row row;
    struct channel_context *context = find_channel(call, &row) ? channel_context_of(call) : NULL;
    if (context) {
        struct writer *w = answer_begin(&answer, call);
        context->alone = true;
        write_object(w, NULL);
        write_members(w, &row, context);
        write_consumers_of(w, call, &row, context->peers);
        answer_channel_details(call, &answer, &row, context);
    }
}
