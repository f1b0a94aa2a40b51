#include "tests/unit/persist/owner.h"

#include <errno.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/wire.h"
#include "persist/checkpoint.h"

enum { PAYLOAD_MAX = 8192, SMALL = 200, MIDDLE = 1500, PREFIX = 16 };

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
    journal_live(owner->journal, record->position, 1, (int64_t)record->payload.len);
    return 0;
}

static size_t len_of(const struct owner *owner, uint64_t number)
{
    uint8_t payload[PAYLOAD_MAX];
    return payload_of(number, owner->identities[number], payload);
}

/* Takes low and high from the checkpoint. */
static int read_checkpoint(struct owner *owner, uint64_t *position)
{
    struct bytes blob = {0};
    int rc =
        checkpoint_read(owner->options.disk, owner->options.dir, &blob, position, &owner->fault);
    owner->low = owner->high = 0;
    if (rc == 1) {
        owner->low = wire_load_u64(blob.ptr);
        owner->high = wire_load_u64(blob.ptr + 8);
    }
    bytes_finish(&blob);
    if (rc >= 0 && owner->low != owner->low_checkpointed && owner->low != owner->low_tried) {
        wrong(owner, "a checkpoint that was never written");
    }
    return rc < 0 ? rc : 0;
}

static void count_checkpointed(struct owner *owner)
{
    for (uint64_t number = owner->low; number < owner->high; number++) {
        journal_live(owner->journal, owner->positions[number], 1, (int64_t)len_of(owner, number));
    }
}

static int recover(struct owner *owner, uint64_t after)
{
    count_checkpointed(owner);
    struct journal_recovery recovery = {.after = after, .apply = on_record, .arg = owner};
    int rc = journal_recover(owner->journal, &recovery, &owner->report, &owner->fault);
    if (rc < 0) {
        journal_close(owner->journal);
        owner->journal = NULL;
        return rc;
    }
    if (owner->high < owner->high_durable) {
        wrong(owner, "a durable record is missing");
    }
    for (uint64_t lost = owner->high; lost < OWNER_MAX; lost++) {
        owner->identities[lost] = 0;
    }
    owner->high_durable = owner->high;
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

int owner_stop(struct owner *owner)
{
    int rc = journal_close(owner->journal);
    owner->journal = NULL;
    if (rc == 0) {
        owner->high_durable = owner->high;
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
        journal_live(owner->journal, position, 1, (int64_t)len);
    }
}

void owner_drop(struct owner *owner, size_t count)
{
    for (; count > 0 && owner->low < owner->high; count--, owner->low++) {
        journal_live(owner->journal, owner->positions[owner->low], -1,
                     -(int64_t)len_of(owner, owner->low));
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

/* What is not durable yet must not be in it. */
int owner_checkpoint(struct owner *owner)
{
    uint64_t low = owner->low < owner->high_durable ? owner->low : owner->high_durable;
    uint64_t position = journal_progress(owner->journal).durable;
    if (position == 0) {
        return 0;
    }
    uint8_t blob[16];
    wire_store_u64(blob, low);
    wire_store_u64(blob + 8, owner->high_durable);
    owner->low_tried = low;
    struct fault fault;
    int rc = checkpoint_write(owner->options.disk, owner->options.dir, position,
                              (struct slice){blob, sizeof blob}, &fault);
    if (rc < 0) {
        return rc;
    }
    owner->low_checkpointed = low;
    journal_retire(owner->journal, position);
    return 0;
}

void owner_read_all(struct owner *owner)
{
    struct bytes bytes = {0};
    uint64_t written = journal_progress(owner->journal).written;
    for (uint64_t number = owner->low; number < owner->high; number++) {
        struct record record;
        int rc = journal_read(owner->journal, owner->positions[number], &bytes, &record);
        if (rc == -EAGAIN && owner->positions[number] > written) {
            break;
        }
        if (rc < 0 || !is_right(owner, number, &record)) {
            wrong(owner, "a record cannot be read back");
        }
    }
    bytes_finish(&bytes);
}
