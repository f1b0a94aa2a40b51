#include "persist/scan.h"

#include "base/wire.h"
#include "persist/segment.h"

void scan_start(struct scan *scan, uint64_t first, struct slice bytes)
{
    *scan = (struct scan){.first = first, .bytes = bytes, .offset = SEGMENT_HEADER};
}

static struct slice rest_of(const struct scan *scan)
{
    size_t offset = scan->offset < scan->bytes.len ? scan->offset : scan->bytes.len;
    return (struct slice){scan->bytes.ptr + offset, scan->bytes.len - offset};
}

bool scan_next(struct scan *scan, struct record *record)
{
    uint64_t position = scan->first + scan->offset;
    if (scan->closed || !record_decode(rest_of(scan), position, record)) {
        return false;
    }
    uint64_t durable = record_durable(record);
    scan->durable = durable > scan->durable ? durable : scan->durable;
    scan->closed = record->type == RECORD_SEGMENT_END;
    scan->last = position;
    scan->offset += record_size(record->payload.len);
    return true;
}

bool scan_skip(struct scan *scan)
{
    struct scan at = *scan;
    struct record record;
    if (scan->closed) {
        return false;
    }
    for (at.offset += RECORD_HEADER; at.offset + RECORD_HEADER <= at.bytes.len;
         at.offset += RECORD_ALIGN) {
        if (record_decode(rest_of(&at), at.first + at.offset, &record)) {
            scan->offset = at.offset;
            return true;
        }
    }
    return false;
}

/* Whether there is a header where the scan stopped, be it sound or not. */
static bool begun(const struct scan *scan)
{
    struct slice rest = rest_of(scan);
    return rest.len >= RECORD_HEADER && record_claims(rest.ptr, scan->first + scan->offset) > 0;
}

struct scan_tail scan_tail(const struct scan *scan)
{
    struct scan ahead = *scan;
    struct record record;
    struct scan_tail tail = {.torn = begun(scan), .torn_end = scan->offset};
    ahead.durable = 0;
    while (scan_skip(&ahead)) {
        tail.torn = true;
        while (scan_next(&ahead, &record)) {
        }
        tail.torn_end = ahead.offset;
    }
    uint64_t missing = scan->first + scan->offset;
    tail.damaged = ahead.durable >= missing;
    return tail;
}
