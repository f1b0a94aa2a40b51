#include "broker/snapshot.h"

#include <stdlib.h>

#include "base/memory.h"
#include "broker/binding.h"
#include "broker/broker_internal.h"
#include "broker/broker_queue.h"
#include "broker/names.h"
#include "broker/outcome.h"
#include "broker/parameter_internal.h"
#include "broker/policy_internal.h"
#include "broker/retry.h"
#include "broker/taken.h"
#include "broker/topology.h"
#include "broker/user_internal.h"
#include "broker/vhost_internal.h"

/* Octets that a block may have before it is ended, and places that one look at a queue finds. */
enum { BLOCK_SIZE = 64 * 1024, SLICE_PLACES = 256 };

/* Blocks that wait to be handed out: {type, length, octets} one after another. */
struct backlog {
    struct bytes octets;
    size_t done;  // octets handed out already
    size_t begin; // of the block that is open: where its length is
    uint8_t type; // of that block
    bool open;
};

enum { BACKLOG_HEAD = 9 };

struct snapshot {
    struct broker *broker;
    uint64_t position;
    struct backlog backlog;
    uint64_t *queues; // owned: ids of the queues that last; they may be deleted meanwhile
    size_t queue_count;
    size_t queue_next;
    struct queue_cursor cursor; // in queues[queue_next]
    bool all_ready;             // no ready message is left to visit
    uint64_t index_queue;       // of the open INDEX block
    struct stored index_last;   // in it
};

static void end_block(struct backlog *backlog)
{
    if (backlog->open) {
        wire_store_u64(backlog->octets.ptr + backlog->begin,
                       backlog->octets.len - backlog->begin - 8);
        backlog->open = false;
    }
}

static void begin_block(struct backlog *backlog, enum outcome_type type)
{
    end_block(backlog);
    bytes_add_u8(&backlog->octets, (uint8_t)type);
    backlog->begin = backlog->octets.len;
    bytes_add_u64(&backlog->octets, 0);
    backlog->type = (uint8_t)type;
    backlog->open = true;
}

/* Whether the open block is of this type and has room. */
static bool has_room(const struct backlog *backlog, enum outcome_type type)
{
    return backlog->open && backlog->type == type &&
           backlog->octets.len - backlog->begin < BLOCK_SIZE;
}

static struct bytes *room_for(struct snapshot *snapshot, enum outcome_type type)
{
    if (!has_room(&snapshot->backlog, type)) {
        begin_block(&snapshot->backlog, type);
    }
    return &snapshot->backlog.octets;
}

static void add_entry(struct snapshot *snapshot, const struct topology *topology)
{
    topology_encode(topology, room_for(snapshot, OUTCOME_TOPOLOGY));
}

static void add_tracing(struct snapshot *snapshot, const struct vhost *vhost)
{
    if (vhost->tracing) {
        struct topology topology = {.kind = TOPOLOGY_vhost_tracing_put,
                                    .vhost_tracing_put = {.vhost = vhost->name, .on = true}};
        add_entry(snapshot, &topology);
    }
}

static void add_vhost_limits(struct snapshot *snapshot, const struct vhost *vhost)
{
    for (int i = 0; i < VHOST_LIMIT_COUNT; i++) {
        if (vhost->limits[i] >= 0) {
            struct topology topology = {.kind = TOPOLOGY_vhost_limit_put,
                                        .vhost_limit_put =
                                            vhost_limit_entry(vhost, (enum vhost_limit)i)};
            add_entry(snapshot, &topology);
        }
    }
}

static void add_parameters(struct snapshot *snapshot, struct slice vhost, const struct list *list)
{
    list_each(node, list) {
        struct topology topology = {
            .kind = TOPOLOGY_parameter_put,
            .parameter_put =
                parameter_entry(vhost, container_of(node, struct kept_parameter, link)),
        };
        add_entry(snapshot, &topology);
    }
}

/* What is said of a virtual host, and by whom it may be used how much. */
static void add_notes(struct snapshot *snapshot, const struct vhost *vhost)
{
    struct topology topology = {.kind = TOPOLOGY_vhost_metadata_put,
                                .vhost_metadata_put = vhost_metadata_entry(vhost)};
    struct vhost_metadata metadata = vhost_metadata_of(vhost);
    if (vhost_metadata_given(&metadata)) {
        add_entry(snapshot, &topology);
    }
    if (vhost->is_protected) {
        struct topology protection = {.kind = TOPOLOGY_vhost_protection_put,
                                      .vhost_protection_put = {.vhost = vhost->name, .on = true}};
        add_entry(snapshot, &protection);
    }
    add_vhost_limits(snapshot, vhost);
    add_parameters(snapshot, vhost->name, &vhost->parameters);
}

static void add_user_limits(struct snapshot *snapshot, const struct account *account)
{
    for (int i = 0; i < USER_LIMIT_COUNT; i++) {
        if (account->limits[i] >= 0) {
            struct topology topology = {.kind = TOPOLOGY_user_limit_put,
                                        .user_limit_put =
                                            user_limit_entry(account, (enum user_limit)i)};
            add_entry(snapshot, &topology);
        }
    }
}

static void add_users(struct snapshot *snapshot)
{
    list_each(node, &snapshot->broker->users) {
        const struct account *account = container_of(node, struct account, link);
        struct topology topology = {.kind = TOPOLOGY_user_put, .user_put = user_entry(account)};
        add_entry(snapshot, &topology);
        add_user_limits(snapshot, account);
        grants_encode(account, room_for(snapshot, OUTCOME_TOPOLOGY));
    }
}

static void add_exchanges(struct snapshot *snapshot, const struct vhost *vhost)
{
    const struct exchange *exchange = exchanges_first(vhost->exchanges);
    for (; exchange; exchange = exchanges_next(vhost->exchanges, exchange)) {
        struct slice name = exchange_name(exchange);
        if (exchange_durable(exchange) && name.len > 0 && !names_reserved(name)) {
            struct topology topology = {.kind = TOPOLOGY_exchange_declared,
                                        .exchange_declared = exchange_entry(vhost, exchange)};
            add_entry(snapshot, &topology);
        }
    }
}

static void add_queues(struct snapshot *snapshot, const struct list *queues)
{
    list_each(node, queues) {
        const struct broker_queue *queue = container_of(node, struct broker_queue, link);
        if (queue->durable) {
            struct topology topology = {.kind = TOPOLOGY_queue_put,
                                        .queue_put = broker_queue_entry(queue)};
            add_entry(snapshot, &topology);
            snapshot->queues[snapshot->queue_count++] = queue->id;
        }
    }
}

static void add_bindings(struct snapshot *snapshot, const struct vhost *vhost)
{
    const struct exchange *exchange = exchanges_first(vhost->exchanges);
    for (; exchange; exchange = exchanges_next(vhost->exchanges, exchange)) {
        list_each(node, exchange_bindings(exchange)) {
            const struct binding *binding = container_of(node, struct binding, out_link);
            if (binding_lasts(binding)) {
                struct topology topology = {.kind = TOPOLOGY_binding_put,
                                            .binding_put = binding_entry(vhost, binding)};
                add_entry(snapshot, &topology);
            }
        }
    }
}

static void begin_counters(struct snapshot *snapshot)
{
    begin_block(&snapshot->backlog, OUTCOME_COUNTERS);
    bytes_add_varint(&snapshot->backlog.octets, snapshot->broker->queues_made);
    bytes_add_varint(&snapshot->backlog.octets, snapshot->broker->names_made);
}

static void add_levels(struct snapshot *snapshot, const struct broker_queue *queue)
{
    struct queue_level level;
    uint16_t from = 0;
    while (queue_next_level(queue->messages, from, &level)) {
        if (!has_room(&snapshot->backlog, OUTCOME_COUNTERS)) {
            begin_counters(snapshot);
        }
        struct bytes *out = &snapshot->backlog.octets;
        bytes_add_varint(out, queue->id);
        bytes_add_u8(out, level.level);
        bytes_add_varint(out, level.position_next);
        bytes_add_varint(out, snapshot->broker->ended ? level.taken : level.mark);
        from = (uint16_t)(level.level + 1);
    }
}

static void add_policies(struct snapshot *snapshot, const struct vhost *vhost,
                         enum policy_kind kind)
{
    list_each(node, &vhost->policies[kind].items) {
        const struct policy *policy = container_of(node, struct policy, link);
        struct topology topology = {.kind = TOPOLOGY_policy_put,
                                    .policy_put = policy_entry(vhost, kind, policy)};
        add_entry(snapshot, &topology);
    }
}

/* How often messages came back; about as large as what is in memory of it. */
static void add_attempts(struct snapshot *snapshot, const struct broker_queue *queue)
{
    for (size_t i = 0; i < queue->attempts.cap; i++) {
        const struct attempt *attempt = &queue->attempts.items[i];
        if (attempt->journaled) {
            struct outcome_attempt entry = {queue->id, attempt->position, attempt->failed};
            outcome_add_attempt(room_for(snapshot, OUTCOME_ATTEMPTS), &entry);
        }
    }
}

/* What is held back; likewise. */
static void add_retries(struct snapshot *snapshot, const struct broker_queue *queue)
{
    for (size_t i = 0; i < retry_count(queue); i++) {
        const struct retry_item *item = &queue->retries->items[i];
        uint64_t until = item->at + snapshot->broker->options.wall_offset_ms;
        outcome_add_wait(room_for(snapshot, OUTCOME_RETRY),
                         &(struct outcome_wait){queue->id, item->position, until});
    }
}

void broker_end(struct broker *broker)
{
    broker->ended = true;
}

struct snapshot *snapshot_new(struct broker *broker, uint64_t position)
{
    struct snapshot *snapshot = memory_new(sizeof *snapshot);
    snapshot->broker = broker;
    snapshot->position = position;
    snapshot->queues = memory_array(broker->queues_by_id.count + 1, sizeof *snapshot->queues);
    list_each(node, &broker->vhosts) {
        const struct vhost *vhost = container_of(node, struct vhost, link);
        struct topology topology = {.kind = TOPOLOGY_vhost_put, .vhost_put = {.name = vhost->name}};
        add_entry(snapshot, &topology);
        add_notes(snapshot, vhost);
        add_tracing(snapshot, vhost);
        add_policies(snapshot, vhost, POLICY_OF_USERS);
        add_policies(snapshot, vhost, POLICY_OF_OPERATORS);
        add_exchanges(snapshot, vhost);
        add_queues(snapshot, &vhost->queues);
        add_queues(snapshot, &vhost->stores);
        add_bindings(snapshot, vhost);
    }
    add_users(snapshot);
    add_parameters(snapshot, SLICE(""), &snapshot->broker->parameters);
    begin_counters(snapshot);
    for (size_t i = 0; i < snapshot->queue_count; i++) {
        add_levels(snapshot, broker_queue_by_id(broker, snapshot->queues[i]));
    }
    for (size_t i = 0; i < snapshot->queue_count; i++) {
        const struct broker_queue *queue = broker_queue_by_id(broker, snapshot->queues[i]);
        add_attempts(snapshot, queue);
        add_retries(snapshot, queue);
    }
    end_block(&snapshot->backlog);
    return snapshot;
}

void snapshot_free(struct snapshot *snapshot)
{
    if (snapshot) {
        bytes_finish(&snapshot->backlog.octets);
        free(snapshot->queues);
        free(snapshot);
    }
}

static void begin_index(struct snapshot *snapshot, const struct broker_queue *queue)
{
    begin_block(&snapshot->backlog, OUTCOME_INDEX);
    bytes_add_varint(&snapshot->backlog.octets, queue->id);
    snapshot->index_queue = queue->id;
    snapshot->index_last = (struct stored){0};
}

/* One place, if its record is not among those that are applied after the snapshot anyway. */
static void add_place(struct snapshot *snapshot, const struct broker_queue *queue,
                      const struct stored *stored)
{
    if (stored->at >= snapshot->position) {
        return;
    }
    if (!has_room(&snapshot->backlog, OUTCOME_INDEX) || snapshot->index_queue != queue->id) {
        begin_index(snapshot, queue);
    }
    struct bytes *out = &snapshot->backlog.octets;
    const struct stored *last = &snapshot->index_last;
    bool expires = stored->expires != QUEUE_NEVER;
    bool shared = ledger_is_shared(&snapshot->broker->ledger, stored->at);
    bytes_add_varint(out, outcome_zigzag(last->position, stored->position));
    bytes_add_varint(out, outcome_zigzag(last->at / STORED_ALIGN, stored->at / STORED_ALIGN));
    bytes_add_varint(out, stored->body_len);
    bytes_add_varint(out, stored->rest_len);
    bytes_add_u8(out, (uint8_t)((stored->persistent ? INDEX_PERSISTENT : 0) |
                                (stored->has_expiration ? INDEX_EXPIRATION : 0) |
                                (expires ? INDEX_EXPIRES : 0) | (shared ? INDEX_SHARED : 0)));
    if (expires) {
        bytes_add_u64(out, stored->expires + snapshot->broker->options.wall_offset_ms);
    }
    snapshot->index_last = *stored;
}

/* The next ready messages of the next queue. False if there are no queues left. */
static bool add_slice(struct snapshot *snapshot)
{
    if (snapshot->queue_next == snapshot->queue_count) {
        return false;
    }
    struct stored found[SLICE_PLACES];
    const struct broker_queue *queue =
        broker_queue_by_id(snapshot->broker, snapshot->queues[snapshot->queue_next]);
    size_t count = queue ? queue_walk(queue->messages, &snapshot->cursor, found, SLICE_PLACES) : 0;
    for (size_t i = 0; i < count; i++) {
        add_place(snapshot, queue, &found[i]);
    }
    if (!queue || snapshot->cursor.done) {
        snapshot->queue_next++;
        snapshot->cursor = (struct queue_cursor){0};
    }
    return true;
}

static void add_returned(struct snapshot *snapshot, const struct broker_queue *queue)
{
    struct stored found[SLICE_PLACES];
    struct queue_cursor cursor = {0};
    while (!cursor.done) {
        size_t count = queue_walk_returned(queue->messages, &cursor, found, SLICE_PLACES);
        for (size_t i = 0; i < count; i++) {
            add_place(snapshot, queue, &found[i]);
        }
    }
}

static void add_taken(void *context, struct broker_queue *queue, const struct delivery *delivery)
{
    const struct msg *msg = delivery->msg;
    struct stored stored = {
        .position = delivery->position,
        .at = msg->stored_at,
        .expires = delivery->expires,
        .body_len = msg->body_len,
        .rest_len = msg->properties_len + msg->route_len,
        .persistent = msg->persistent,
        .has_expiration = msg->has_expiration,
    };
    if (stored.at > 0 && !queue->deleted && queue_journals(queue->messages, msg)) {
        add_place(context, queue, &stored);
    }
}

/* What was ready may have been handed out after its place was passed, and come back: these are all
 * visited, and all at once. */
static void add_handed_out(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->queue_count; i++) {
        const struct broker_queue *queue =
            broker_queue_by_id(snapshot->broker, snapshot->queues[i]);
        if (queue) {
            add_returned(snapshot, queue);
        }
    }
    taken_each(snapshot->broker, add_taken, snapshot);
}

static bool hand_out(struct backlog *backlog, struct bytes *block, uint8_t *type)
{
    if (backlog->done == backlog->octets.len) {
        backlog->octets.len = backlog->done = 0;
        return false;
    }
    const uint8_t *head = backlog->octets.ptr + backlog->done;
    size_t len = wire_load_u64(head + 1);
    *type = head[0];
    block->len = 0;
    bytes_add(block, (struct slice){head + BACKLOG_HEAD, len});
    backlog->done += BACKLOG_HEAD + len;
    return true;
}

bool snapshot_next(struct snapshot *snapshot, struct bytes *block, uint8_t *type)
{
    while (!hand_out(&snapshot->backlog, block, type)) {
        if (snapshot->all_ready) {
            return false;
        }
        bool more = true;
        while (more && snapshot->backlog.octets.len < BLOCK_SIZE) {
            more = add_slice(snapshot);
        }
        if (!more) {
            add_handed_out(snapshot);
            snapshot->all_ready = true;
        }
        end_block(&snapshot->backlog);
    }
    return true;
}
