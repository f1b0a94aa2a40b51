#include "persist/scan.h"

#include "base/wire.h"
#include "persist/segment.h"

void scan_start(struct scan *scan, uint64_t first, struct view *view)
{
    *scan = (struct scan){
        .first = first,
        .view = view,
        .offset = SEGMENT_HEADER,
        .size_max = SIZE_MAX,
    };
}

/* The size that the record at the offset claims, if the file has room for it; else 0. */
static size_t claims(const struct scan *scan, uint64_t offset)
{
    struct slice head = view_at(scan->view, offset, RECORD_HEADER);
    if (head.len < RECORD_HEADER) {
        return 0;
    }
    size_t size = record_claims(head.ptr, scan->first + offset);
    return size > scan->view->len - offset || size > scan->size_max ? 0 : size;
}

static bool decode(const struct scan *scan, uint64_t offset, struct record *record)
{
    size_t size = claims(scan, offset);
    return size > 0 &&
           record_decode(view_at(scan->view, offset, size), scan->first + offset, record);
}

bool scan_next(struct scan *scan, struct record *record)
{
    if (scan->closed || !decode(scan, scan->offset, record)) {
        return false;
    }
    uint64_t durable = record_durable(record);
    scan->durable = durable > scan->durable ? durable : scan->durable;
    scan->closed = record->type == RECORD_SEGMENT_END;
    scan->last = record->position;
    scan->offset += record_size(record->payload.len);
    return true;
}

bool scan_skip(struct scan *scan)
{
    struct record record;
    if (scan->closed) {
        return false;
    }
    for (uint64_t at = scan->offset + RECORD_HEADER; at + RECORD_HEADER <= scan->view->len;
         at += RECORD_ALIGN) {
        if (decode(scan, at, &record)) {
            scan->offset = at;
            return true;
        }
    }
    return false;
}

/* Whether there is a header where the scan stopped, be it sound or not. */
static bool begun(const struct scan *scan)
{
    struct slice head = view_at(scan->view, scan->offset, RECORD_HEADER);
    return head.len >= RECORD_HEADER && record_claims(head.ptr, scan->first + scan->offset) > 0;
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
