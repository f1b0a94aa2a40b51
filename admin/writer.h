#ifndef ADMIN_WRITER_H
#define ADMIN_WRITER_H

#include "admin/columns.h"
#include "base/bytes.h"

/* Writes JSON straight to octets, without a tree in between, and leaves out the members that
 * nobody has asked for. Every value has a `name`: that of an object's member, or NULL for a
 * value of an array and for the outermost one. */
enum { WRITER_DEPTH_MAX = 64 };

/* What a single value is, for sorting. */
enum scalar_kind { SCALAR_NOTHING, SCALAR_NUMBER, SCALAR_TRUTH, SCALAR_TEXT };

struct scalar {
    enum scalar_kind kind;
    double number;     // also of SCALAR_TRUTH
    struct slice text; // borrowed from whoever wrote it
};

struct writer_level {
    uint64_t wanted; // columns that fit so far
    uint8_t level;   // of column parts
    bool whole;      // no choice among what is inside
    bool array;
    bool begun; // something is in it
};

struct writer {
    struct bytes *out;             // borrowed
    const struct columns *columns; // borrowed; NULL, or with none in it: all
    struct scalar *captured;       // borrowed; not NULL: nothing is written, but this is filled in
    struct writer_level stack[WRITER_DEPTH_MAX];
    uint32_t depth;
    uint32_t skipped; // how deep we are in what nobody wants
};

void writer_init(struct writer *w, struct bytes *out, const struct columns *columns);

/* Fills *captured with the first value that is written in the one column there is. */
void writer_init_capture(struct writer *w, const struct columns *columns, struct scalar *captured);

void write_object(struct writer *w, const char *name);
void write_array(struct writer *w, const char *name);
void write_end(struct writer *w); // of the innermost object or array

void write_text(struct writer *w, const char *name, struct slice value);
void write_str(struct writer *w, const char *name, const char *value);
void write_u64(struct writer *w, const char *name, uint64_t value);
void write_i64(struct writer *w, const char *name, int64_t value);
void write_real(struct writer *w, const char *name, double value);
void write_truth(struct writer *w, const char *name, bool value);
void write_null(struct writer *w, const char *name);

/* The same for members whose name is not known beforehand. */
void write_named_object(struct writer *w, struct slice name);
void write_named_array(struct writer *w, struct slice name);
void write_named_text(struct writer *w, struct slice name, struct slice value);
void write_named_i64(struct writer *w, struct slice name, int64_t value);
void write_named_u64(struct writer *w, struct slice name, uint64_t value);
void write_named_real(struct writer *w, struct slice name, double value);
void write_named_truth(struct writer *w, struct slice name, bool value);
void write_named_null(struct writer *w, struct slice name);

/* A value that is JSON already. */
void write_named_raw(struct writer *w, struct slice name, struct slice value);

#endif
