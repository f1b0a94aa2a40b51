#ifndef ADMIN_DEFINITIONS_FILES_H
#define ADMIN_DEFINITIONS_FILES_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/text.h"

/* Files of definitions that are to be imported at a start, read and parsed, but not looked into. */
enum { DEFINITIONS_SIZE_MAX = 1 << 30 }; // octets of a file

struct definitions_file {
    char *path;   // owned
    json_t *json; // owned: an object
};

struct definitions_files {
    struct definitions_file *items; // owned
    size_t count;
    struct bytes hash; // owned: of all contents, as a JSON text
};

/* Reads a file, or all files *.json of a directory in the order of their names. False, with the
 * reason and with nothing to be finished, if one cannot be read or is no JSON object. */
bool definitions_files_read(const char *path, struct definitions_files *out, struct text *error);
void definitions_files_finish(struct definitions_files *files);

/* Whether one of them has something under this name. */
bool definitions_files_name(const struct definitions_files *files, const char *section);

#endif
