#ifndef CTL_FORMATTER_H
#define CTL_FORMATTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/bytes.h"

/* F(NAME, name): how results are printed. */
#define FORMATTERS(F)                                                                              \
    F(TABLE, "table")                                                                              \
    F(PRETTY_TABLE, "pretty_table")                                                                \
    F(JSON, "json")                                                                                \
    F(CSV, "csv")                                                                                  \
    F(ERLANG, "erlang")

enum formatter {
#define F(NAME, name) FORMATTER_##NAME,
    FORMATTERS(F)
#undef F
        FORMATTER_UNKNOWN
};

enum formatter formatter_of(const char *name);

/* What a column is, beyond its JSON. */
enum column_kind {
    COLUMN_PLAIN,
    COLUMN_ATOM,      // a word, or words, that are atoms in Erlang
    COLUMN_ARGUMENTS, // a table of AMQP: [{"x-max-length",10}]
    COLUMN_JSON,      // shown as the text of the JSON
    COLUMN_PROTOCOL,  // "AMQP 0-9-1": {0,9,1}
    COLUMN_NO_BLANKS, // the blanks of the text left out
    COLUMN_CONSTANT,  // the path is the text itself
};

struct column {
    const char *name;
    const char *path; // in the object of the API, members with dots between them
    enum column_kind kind;
};

enum { COLUMNS_MAX = 40 };

/* Rows to be printed: objects of the API, of which these columns are shown. */
struct sheet {
    const struct column *columns[COLUMNS_MAX];
    size_t count;
    const json_t *rows; // an array of objects; borrowed
    bool headers;       // of tables and CSV
    bool streams;       // without rows nothing is printed, otherwise an empty line
};

void formatter_print(enum formatter formatter, const struct sheet *sheet, FILE *out);

/* A single text as a pretty table has it. */
void formatter_print_box(struct slice text, FILE *out);

/* The value of a column as a text of one line. */
void formatter_add_text(struct bytes *out, const struct column *column, const json_t *row);

/* Any value as RabbitMQ's tables show it: [a, b], {k: v}; nothing for null. */
void formatter_add_value(struct bytes *out, const json_t *value);

#endif
