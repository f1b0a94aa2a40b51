#ifndef CTL_ADMIN_SHEET_H
#define CTL_ADMIN_SHEET_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* How rabbitmqadmin prints a list of objects: one column for each member, those of members with
 * dots between the names. */
struct admin_sheet {
    const char *const *columns; // the last one NULL; none: all there are
    const char *json;           // members that are shown as JSON, with blanks between them
    const char *format;         // raw_json, pretty_json, tsv, long, table, kvp, bash
    unsigned depth;             // of members of members, if no columns are named
    bool verbose;
};

/* False if there is no such format. `items` is an array. */
bool admin_sheet_print(const struct admin_sheet *sheet, const json_t *items, FILE *out);

#endif
