#ifndef ADMIN_DEFINITIONS_LOAD_H
#define ADMIN_DEFINITIONS_LOAD_H

#include "admin/api.h"
#include "admin/definitions_files.h"

/* Reads what the settings say is to be imported; nothing, if they say nothing. As
 * definitions_files_read. */
bool definitions_find(const struct settings *settings, struct definitions_files *out,
                      struct text *error);

/* Imports the files one after another, as an administrator would do it over HTTP; the journal has
 * been told then, and nobody waited for it: *after grows to the number of the record that an answer
 * would have to wait for. With definitions.skip_if_unchanged nothing is imported
 * if that was done with the same files last time. False if something in them cannot be, with file,
 * place and reason in *error; what came before stays. */
bool definitions_load(const struct api_options *options, const struct definitions_files *files,
                      uint64_t *after, struct text *error);

#endif
