#include "admin/erlang.h"

#include <stdio.h>
#include <time.h>

enum { IDLE_MS = 1000 }; // a process waits this long before it hibernates

/* What a process is started with: max_heap_size and the others are its options. */
static void write_garbage_collection(struct writer *w)
{
    static const struct {
        const char *name;
        uint64_t value;
    } rows[] = {{"fullsweep_after", 65535},
                {"max_heap_size", 0},
                {"min_bin_vheap_size", 46422},
                {"min_heap_size", 233},
                {"minor_gcs", 0}};
    write_object(w, "garbage_collection");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_u64(w, rows[i].name, rows[i].value);
    }
    write_end(w);
}

void write_process(struct writer *w, const struct statistics *statistics)
{
    write_garbage_collection(w);
    write_reductions(w, statistics);
}

void write_idle(struct writer *w, uint64_t active_ms, uint64_t now_ms)
{
    char seconds[24], all[40];
    struct tm parts;
    time_t at = (time_t)(active_ms / 1000);
    if (now_ms < active_ms + IDLE_MS) {
        return;
    }
    gmtime_r(&at, &parts);
    strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(all, sizeof all, "%s.%03u+00:00", seconds, (unsigned)(active_ms % 1000));
    write_str(w, "idle_since", all);
}
