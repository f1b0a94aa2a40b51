#include "persist/staging.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/memory.h"
#include "persist/segment.h"

enum {
    MARKS = 2 * RECORD_MARK, // room that every record leaves for a BATCH_END and a SEGMENT_END
    KEPT = 1 << 20,          // a half of this size is not worth shrinking
    SHRINK = 8,              // a half that is used by less than this part,
    SHRINK_AFTER = 256,      // so many times in a row, shrinks
};

struct half {
    struct bytes bytes;
    struct staging_run *runs; // owned
    size_t run_count, run_cap;
    unsigned little; // times in a row that little of it was used
    uint64_t last;   // position of the last record
    bool wants_sync; // one of its records does
};

struct staging {
    struct staging_options options; // constant
    pthread_mutex_t mutex;          // over all that follows
    pthread_cond_t work;            // something for staging_wait to look at
    struct half halves[2];
    unsigned open; // index of the half that is appended to
    uint64_t first, size, offset;
    uint64_t written, durable, synced;
    struct fault fault;
    bool submitted; // the open half may be taken for its records that want a sync
    bool waiting;   // the writer sleeps,
    bool armed;     // and wakes up by itself
    bool borrowed;  // the loop does what the writer would,
    bool queued;    // which waits for it to end
    bool poked, stopping;
    bool sync_wanted; // by staging_sync, and not taken yet
};

struct staging *staging_new(const struct staging_options *options)
{
    struct staging *staging = memory_new(sizeof *staging);
    staging->options = *options;
    pthread_condattr_t attributes;
    CHECK(pthread_mutex_init(&staging->mutex, NULL) == 0);
    CHECK(pthread_condattr_init(&attributes) == 0);
    CHECK(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
    CHECK(pthread_cond_init(&staging->work, &attributes) == 0);
    pthread_condattr_destroy(&attributes);
    return staging;
}

void staging_free(struct staging *staging)
{
    if (!staging) {
        return;
    }
    for (int i = 0; i < 2; i++) {
        bytes_finish(&staging->halves[i].bytes);
        free(staging->halves[i].runs);
    }
    pthread_cond_destroy(&staging->work);
    pthread_mutex_destroy(&staging->mutex);
    free(staging);
}

static void lock(struct staging *staging)
{
    CHECK(pthread_mutex_lock(&staging->mutex) == 0);
}

static void unlock(struct staging *staging)
{
    CHECK(pthread_mutex_unlock(&staging->mutex) == 0);
}

void staging_start(struct staging *staging, uint64_t first, uint64_t durable)
{
    lock(staging);
    staging->first = first;
    staging->size = staging->options.segment_size;
    staging->offset = SEGMENT_HEADER;
    staging->written = staging->durable = staging->synced = durable;
    unlock(staging);
}

/* The run that what is appended next belongs to. */
static struct staging_run *current_run(struct staging *staging, struct half *half)
{
    if (half->run_count > 0 && half->runs[half->run_count - 1].first == staging->first) {
        return &half->runs[half->run_count - 1];
    }
    if (half->run_count == half->run_cap) {
        half->run_cap = half->run_cap ? 2 * half->run_cap : 4;
        half->runs = memory_grow(half->runs, half->run_cap * sizeof *half->runs);
    }
    struct staging_run *run = &half->runs[half->run_count++];
    *run = (struct staging_run){
        .first = staging->first,
        .size = staging->size,
        .offset = staging->offset,
    };
    return run;
}

/* Room for `size` octets of the current segment, which a record is to be encoded to. */
static uint8_t *take_room(struct staging *staging, struct half *half, size_t size)
{
    current_run(staging, half)->len += size;
    uint8_t *room = bytes_reserve(&half->bytes, size);
    half->bytes.len += size;
    half->last = staging->first + staging->offset;
    staging->offset += size;
    return room;
}

static void add_mark(struct staging *staging, struct half *half, enum record_type type)
{
    uint64_t position = staging->first + staging->offset;
    uint64_t durable = staging->options.synced ? staging->durable : 0;
    record_encode_mark(take_room(staging, half, RECORD_MARK), type, position, durable);
}

/* Goes on to the next segment if the record does not fit. One that is larger than a segment gets a
 * segment of its own size. */
static void find_segment(struct staging *staging, struct half *half, size_t size)
{
    if (staging->offset + size + MARKS <= staging->size) {
        return;
    }
    if (staging->offset > SEGMENT_HEADER) {
        add_mark(staging, half, RECORD_SEGMENT_END);
        staging->first += staging->size;
        staging->size = staging->options.segment_size;
        staging->offset = SEGMENT_HEADER;
    }
    if (SEGMENT_HEADER + size + MARKS > staging->size) {
        staging->size = SEGMENT_HEADER + size + MARKS;
    }
}

static size_t pieces_len(const struct staging_record *record)
{
    size_t len = 0;
    for (size_t i = 0; i < record->piece_count; i++) {
        len += record->pieces[i].len;
    }
    return len;
}

uint64_t staging_append(struct staging *staging, const struct staging_record *record)
{
    size_t size = record_size(pieces_len(record));
    struct record head = record->head;
    lock(staging);
    if (staging->fault.error) {
        unlock(staging);
        return 0;
    }
    struct half *half = &staging->halves[staging->open];
    find_segment(staging, half, size);
    head.position = staging->first + staging->offset;
    record_encode(take_room(staging, half, size), &head, record->pieces, record->piece_count);
    half->wants_sync |= record->wants_sync;
    unlock(staging);
    return head.position;
}

/* Called without the lock: who wakes up wants it first. */
static void wake_if(struct staging *staging, bool wanted)
{
    if (wanted) {
        CHECK(pthread_cond_signal(&staging->work) == 0);
    }
}

static bool due(const struct staging *staging)
{
    const struct half *half = &staging->halves[staging->open];
    return staging->poked || staging->stopping || staging->sync_wanted ||
           (half->bytes.len > 0 &&
            (staging->submitted || half->bytes.len >= staging->options.limit / 4));
}

/* The writer is woken only if that makes a difference to it. */
static bool worth_waking(const struct staging *staging, const struct half *half)
{
    return staging->waiting && half->bytes.len > 0 &&
           (half->wants_sync || !staging->armed || half->bytes.len >= staging->options.limit / 4);
}

void staging_submit(struct staging *staging)
{
    lock(staging);
    const struct half *half = &staging->halves[staging->open];
    staging->submitted = half->wants_sync;
    bool wake = worth_waking(staging, half);
    unlock(staging);
    wake_if(staging, wake);
}

size_t staging_waiting(struct staging *staging)
{
    lock(staging);
    size_t len = staging->halves[staging->open].bytes.len;
    unlock(staging);
    return len;
}

bool staging_borrow(struct staging *staging, size_t max)
{
    lock(staging);
    const struct half *half = &staging->halves[staging->open];
    bool may = staging->waiting && !due(staging) && half->wants_sync && half->bytes.len <= max &&
               staging->options.synced && staging->fault.error == 0;
    staging->borrowed = may;
    unlock(staging);
    return may;
}

void staging_give_back(struct staging *staging, bool waking)
{
    lock(staging);
    staging->borrowed = false;
    staging->poked |= waking;
    bool wake = waking || staging->queued;
    unlock(staging);
    wake_if(staging, wake);
}

void staging_sync(struct staging *staging)
{
    lock(staging);
    staging->sync_wanted = true;
    unlock(staging);
    wake_if(staging, true);
}

bool staging_full(struct staging *staging)
{
    lock(staging);
    size_t len = staging->halves[0].bytes.len + staging->halves[1].bytes.len;
    unlock(staging);
    return len >= staging->options.limit;
}

bool staging_empty(struct staging *staging)
{
    lock(staging);
    bool empty = staging->halves[staging->open].bytes.len == 0;
    unlock(staging);
    return empty;
}

struct staging_progress staging_progress(struct staging *staging)
{
    lock(staging);
    struct staging_progress progress = {
        .written = staging->written,
        .durable = staging->durable,
        .synced = staging->synced,
        .fault = staging->fault,
    };
    unlock(staging);
    return progress;
}

void staging_tail(const struct staging *staging, uint64_t *first, uint64_t *size)
{
    *first = staging->first; // changed by the loop only, which is the one that asks
    *size = staging->size;
}

void staging_poke(struct staging *staging)
{
    lock(staging);
    staging->poked = true;
    unlock(staging);
    wake_if(staging, true);
}

void staging_stop(struct staging *staging)
{
    lock(staging);
    staging->stopping = true;
    unlock(staging);
    wake_if(staging, true);
}

static struct timespec after(unsigned ms)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += ms / 1000;
    time.tv_nsec += (long)(ms % 1000) * 1000000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_sec++;
        time.tv_nsec -= 1000000000;
    }
    return time;
}

/* Sleeps until there may be something to do; false once the time has passed for which records may
 * wait, or, if there are none, the time that *deadline has from the beginning. */
static bool sleep_once(struct staging *staging, unsigned delay_ms, struct timespec *deadline)
{
    int rc = 0;
    if (!staging->armed && staging->halves[staging->open].bytes.len > 0) {
        *deadline = after(delay_ms);
        staging->armed = true;
    }
    staging->waiting = true;
    if (deadline->tv_sec > 0) {
        rc = pthread_cond_timedwait(&staging->work, &staging->mutex, deadline);
    } else {
        pthread_cond_wait(&staging->work, &staging->mutex);
    }
    staging->waiting = false;
    return rc != ETIMEDOUT;
}

bool staging_wait(struct staging *staging, unsigned delay_ms, unsigned idle_ms)
{
    struct timespec deadline = idle_ms > 0 ? after(idle_ms) : (struct timespec){0};
    lock(staging);
    while (!due(staging) && sleep_once(staging, delay_ms, &deadline)) {
    }
    while (staging->borrowed) {
        staging->queued = true;
        pthread_cond_wait(&staging->work, &staging->mutex);
    }
    staging->queued = false;
    staging->armed = staging->poked = false;
    bool more = !staging->stopping || staging->halves[staging->open].bytes.len > 0;
    unlock(staging);
    return more;
}

bool staging_pause(struct staging *staging, unsigned ms)
{
    struct timespec deadline = after(ms);
    lock(staging);
    while (!staging->stopping &&
           pthread_cond_timedwait(&staging->work, &staging->mutex, &deadline) != ETIMEDOUT) {
    }
    bool go_on = !staging->stopping;
    unlock(staging);
    return go_on;
}

bool staging_take(struct staging *staging, struct staging_batch *batch)
{
    lock(staging);
    struct half *half = &staging->halves[staging->open];
    bool any = half->bytes.len > 0;
    if (any) {
        add_mark(staging, half, RECORD_BATCH_END);
        *batch = (struct staging_batch){
            .ptr = half->bytes.ptr,
            .runs = half->runs,
            .run_count = half->run_count,
            .last = half->last,
            .sync = staging->options.synced || staging->sync_wanted,
        };
        staging->sync_wanted = false;
        staging->open ^= 1;
        staging->submitted = false;
        CHECK(staging->halves[staging->open].bytes.len == 0);
    }
    unlock(staging);
    return any;
}

uint64_t staging_take_sync(struct staging *staging)
{
    lock(staging);
    bool wanted = staging->sync_wanted && staging->written > staging->synced;
    uint64_t last = wanted ? staging->written : 0;
    staging->sync_wanted = false;
    unlock(staging);
    return last;
}

void staging_synced(struct staging *staging, uint64_t last)
{
    lock(staging);
    staging->synced = last;
    unlock(staging);
}

void staging_written(struct staging *staging, uint64_t last)
{
    lock(staging);
    staging->written = last;
    unlock(staging);
}

/* Memory is given back when it has not been needed for a while: to get it again is not cheap. */
static void half_empty(struct half *half)
{
    bool little = half->bytes.cap > KEPT && half->bytes.len < half->bytes.cap / SHRINK;
    half->little = little ? half->little + 1 : 0;
    if (half->little == SHRINK_AFTER) {
        bytes_finish(&half->bytes);
        half->little = 0;
    }
    half->bytes.len = 0;
    half->run_count = 0;
    half->wants_sync = false;
}

void staging_done(struct staging *staging, const struct staging_batch *batch)
{
    lock(staging);
    staging->written = staging->durable = batch->last;
    staging->synced = batch->sync ? batch->last : staging->synced;
    half_empty(&staging->halves[staging->open ^ 1]);
    staging->submitted = staging->halves[staging->open].wants_sync; // the disk shall not be idle
    unlock(staging);
}

void staging_fail(struct staging *staging, const struct fault *fault)
{
    lock(staging);
    staging->fault = *fault;
    unlock(staging);
}
