#include "admin/erlang.h"

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
