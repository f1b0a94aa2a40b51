#include "tests/unit/persist/owner.h"

#include <errno.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/wire.h"
#include "persist/checkpoint.h"

enum { PAYLOAD_MAX = 8192, SMALL = 200, MIDDLE = 1500, PREFIX = 16 };
enum { CHECKPOINT_HEAD = 7, CHECKPOINT_NUMBER = 8 };

void owner_init(struct owner *owner, struct fake_disk *fake)
{
    *owner = (struct owner){
        .fake = fake,
        .identity_next = 1,
        .options =
            {
                .disk = &fake->disk,
                .dir = "/data",
                .holder = "the test",
                .store_id = "a store",
                .segment_size = 4096,
                .threadless = true,
            },
    };
}

/* The content follows from number and identity, the size from the identity alone. */
static size_t payload_of(uint64_t number, uint64_t identity, uint8_t *payload)
{
    uint64_t seed = identity;
    uint64_t kind = fake_random(&seed) % 64;
    size_t max = kind == 0 ? PAYLOAD_MAX - PREFIX : kind < 8 ? MIDDLE : SMALL;
    size_t len = PREFIX + fake_random(&seed) % max;
    wire_store_u64(payload, number);
    wire_store_u64(payload + 8, identity);
    for (size_t i = PREFIX; i < len; i++) {
        payload[i] = (uint8_t)(identity * 31 + i * 7);
    }
    return len;
}

static bool is_right(const struct owner *owner, uint64_t number, const struct record *record)
{
    static const size_t room = PAYLOAD_MAX;
    uint8_t *payload = memory_raw(room);
    uint64_t identity = owner->identities[number];
    size_t len = payload_of(number, identity, payload);
    bool right = slice_eq((struct slice){payload, len}, record->payload) &&
                 record->type == 1 + identity % 100 && record->flags == (uint8_t)identity &&
                 record->group == (uint16_t)(identity * 3) && record->term == identity * 5;
    free(payload);
    return right;
}

static void wrong(struct owner *owner, const char *problem)
{
    owner->problem = owner->problem ? owner->problem : problem;
}

static int on_record(void *arg, const struct record *record)
{
    struct owner *owner = arg;
    uint64_t number = owner->high;
    if (number >= OWNER_MAX || owner->identities[number] == 0) {
        wrong(owner, "a record that was never appended");
        return 0;
    }
    if (!is_right(owner, number, record)) {
        wrong(owner, "a record is not as it was appended, or not in its place");
    }
    if (record->position != owner->positions[number]) {
        wrong(owner, "a record has another position");
    }
    owner->high++;
    return 0;
}

/* The first block has low and high, and each of the others one of the numbers from one to the
 * other. */
static int on_block(void *arg, uint8_t type, struct slice payload)
{
    struct owner *owner = arg;
    uint64_t number = payload.len >= 8 ? wire_load_u64(payload.ptr) : UINT64_MAX;
    if (type == CHECKPOINT_HEAD && payload.len == 16) {
        owner->low = number;
        owner->high = wire_load_u64(payload.ptr + 8);
        owner->blocks_left = owner->high - owner->low;
    } else if (type != CHECKPOINT_NUMBER || number != owner->high - owner->blocks_left--) {
        wrong(owner, "a checkpoint has another block");
    }
    return 0;
}

/* Takes low and high from the checkpoint. */
static int read_checkpoint(struct owner *owner, uint64_t *position)
{
    struct checkpoint_report report;
    struct checkpoint_reading reading = {
        .disk = owner->options.disk,
        .dir = owner->options.dir,
        .apply = on_block,
        .arg = owner,
    };
    owner->low = owner->high = owner->blocks_left = 0;
    int rc = checkpoint_read(&reading, &report, &owner->fault);
    *position = report.position;
    if (rc >= 0 && owner->blocks_left != 0) {
        wrong(owner, "a checkpoint has fewer blocks");
    }
    if (rc >= 0 && owner->low != owner->low_checkpointed && owner->low != owner->low_tried) {
        wrong(owner, "a checkpoint that was never written");
    }
    return rc < 0 ? rc : 0;
}

static int recover(struct owner *owner, uint64_t after)
{
    struct journal_recovery recovery = {.after = after, .apply = on_record, .arg = owner};
    int rc = journal_recover(owner->journal, &recovery, &owner->report, &owner->fault);
    if (rc < 0) {
        owner_abandon(owner);
        return rc;
    }
    if (owner->high < owner->high_durable) {
        wrong(owner, "a durable record is missing");
    }
    for (uint64_t lost = owner->high; lost < OWNER_MAX; lost++) {
        owner->identities[lost] = 0;
    }
    owner->high_durable = owner->high_synced = owner->high;
    owner->low_checkpointed = owner->low_tried = owner->low;
    return 0;
}

int owner_start(struct owner *owner)
{
    uint64_t after;
    int rc = read_checkpoint(owner, &after);
    if (rc == 0) {
        rc = journal_open(&owner->journal, &owner->options, &owner->fault);
    }
    return rc < 0 ? rc : recover(owner, after);
}

void owner_abandon(struct owner *owner)
{
    checkpoint_free(owner->checkpoint);
    owner->checkpoint = NULL;
    if (owner->journal) {
        journal_close(owner->journal);
        owner->journal = NULL;
    }
}

int owner_stop(struct owner *owner)
{
    checkpoint_free(owner->checkpoint);
    owner->checkpoint = NULL;
    int rc = journal_close(owner->journal);
    owner->journal = NULL;
    if (rc == 0) {
        owner->high_durable = owner->high_synced = owner->high;
    }
    return rc;
}

void owner_append(struct owner *owner, size_t count, uint64_t *seed)
{
    uint8_t payload[PAYLOAD_MAX];
    for (; count > 0 && owner->high < OWNER_MAX; count--) {
        uint64_t number = owner->high, identity = owner->identity_next++;
        size_t len = payload_of(number, identity, payload);
        size_t cut = fake_random(seed) % (len + 1);
        struct slice pieces[] = {{payload, cut}, {payload + cut, len - cut}};
        uint64_t position =
            journal_append(owner->journal, &(struct journal_entry){
                                               .type = (uint8_t)(1 + identity % 100),
                                               .flags = (uint8_t)identity,
                                               .group = (uint16_t)(identity * 3),
                                               .term = (uint32_t)(identity * 5),
                                               .pieces = pieces,
                                               .piece_count = 2,
                                               .wants_sync = true,
                                           });
        if (position == 0) {
            return;
        }
        owner->identities[number] = identity;
        owner->positions[number] = position;
        owner->high++;
    }
}

void owner_drop(struct owner *owner, size_t count)
{
    for (; count > 0 && owner->low < owner->high; count--) {
        owner->low++;
    }
}

int owner_flush(struct owner *owner)
{
    int rc = journal_flush(owner->journal);
    uint64_t durable = journal_progress(owner->journal).durable;
    while (owner->high_durable < owner->high && owner->positions[owner->high_durable] <= durable) {
        owner->high_durable++;
    }
    if (rc == 0 && owner->high_durable != owner->high) {
        wrong(owner, "a flush has not made all durable");
    }
    return rc;
}

static int begin_checkpoint(struct owner *owner, uint64_t position, uint64_t low, uint64_t high)
{
    uint8_t payload[16];
    struct slice pieces[] = {{payload, 8}, {payload + 8, 8}};
    struct fault fault;
    struct checkpoint_options options = {
        .disk = owner->options.disk,
        .dir = owner->options.dir,
        .position = position,
        .threadless = true,
    };
    int rc = checkpoint_begin(&owner->checkpoint, &options, &fault);
    if (rc < 0) {
        return rc;
    }
    owner->checkpoint_position = position;
    owner->checkpoint_low = owner->checkpoint_next = low;
    owner->checkpoint_high = high;
    wire_store_u64(payload, low);
    wire_store_u64(payload + 8, high);
    checkpoint_add(owner->checkpoint, CHECKPOINT_HEAD, pieces, 2);
    return 0;
}

static void add_numbers(struct owner *owner, size_t count)
{
    uint8_t payload[8];
    struct slice piece = {payload, sizeof payload};
    for (; count > 0 && owner->checkpoint_next < owner->checkpoint_high; count--) {
        wire_store_u64(payload, owner->checkpoint_next++);
        checkpoint_add(owner->checkpoint, CHECKPOINT_NUMBER, &piece, 1);
    }
}

static bool has_live(const struct owner *owner, const struct journal_segment *segment, uint64_t low)
{
    for (uint64_t number = low; number < owner->high; number++) {
        uint64_t position = owner->positions[number];
        if (position >= segment->first && position - segment->first < segment->size) {
            return true;
        }
    }
    return false;
}

/* Retires what the checkpoint makes superfluous that knows of the numbers from `low` on. */
static void retire(struct owner *owner, uint64_t position, uint64_t low)
{
    size_t count;
    const struct journal_segment *segments = journal_segments(owner->journal, &count);
    for (size_t i = 0; i < count;) {
        if (!has_live(owner, &segments[i], low) &&
            journal_retire(owner->journal, segments[i].first, position)) {
            segments = journal_segments(owner->journal, &count);
        } else {
            i++;
        }
    }
}

/* All numbers are in it: the journal first, and then the checkpoint. */
static int finish_checkpoint(struct owner *owner)
{
    struct fault fault;
    uint64_t low = owner->checkpoint_low, position = owner->checkpoint_position;
    journal_sync(owner->journal);
    int rc = owner_flush(owner);
    if (rc < 0) {
        return rc;
    }
    if (journal_progress(owner->journal).synced < position) {
        wrong(owner, "a flush has not synced what was asked for");
    }
    owner->high_synced = owner->high_durable;
    owner->low_tried = low;
    checkpoint_finish(owner->checkpoint);
    rc = checkpoint_poll(owner->checkpoint, &fault);
    CHECK(rc != 0);
    checkpoint_free(owner->checkpoint);
    owner->checkpoint = NULL;
    if (rc < 0) {
        return rc;
    }
    owner->low_checkpointed = low;
    retire(owner, position, low);
    return 0;
}

int owner_checkpoint_step(struct owner *owner, size_t count)
{
    if (owner->high == 0) {
        return 0; // there is nothing yet, and no position
    }
    if (!owner->checkpoint) {
        uint64_t position = owner->positions[owner->high - 1];
        return begin_checkpoint(owner, position, owner->low, owner->high);
    }
    add_numbers(owner, count);
    return owner->checkpoint_next < owner->checkpoint_high ? 0 : finish_checkpoint(owner);
}

int owner_checkpoint(struct owner *owner)
{
    checkpoint_free(owner->checkpoint);
    owner->checkpoint = NULL;
    int rc = owner_checkpoint_step(owner, 0);
    return rc < 0 || !owner->checkpoint ? rc : owner_checkpoint_step(owner, SIZE_MAX);
}

void owner_read_all(struct owner *owner)
{
    uint64_t written = journal_progress(owner->journal).written;
    for (uint64_t number = owner->low; number < owner->high; number++) {
        struct record record;
        int rc = journal_read(owner->journal, owner->positions[number], &record);
        if (rc == -EAGAIN && owner->positions[number] > written) {
            break;
        }
        if (rc < 0 || !is_right(owner, number, &record)) {
            wrong(owner, "a record cannot be read back");
        }
    }
}
