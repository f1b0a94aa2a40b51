#ifndef CONF_CONFIG_FILE_H
#define CONF_CONFIG_FILE_H

#include "conf/settings.h"

/* Files of settings. What is wrong with them, or in them, is added to findings; the rest of a
 * file with a faulty line is read all the same, so that all faults are told at once.
 *
 * Beyond what conf/parser.h says, `include NAME` reads another file (or all that fit a wildcard),
 * and a value $(<NAME) is the content of a file; both are relative to the file they stand in. */

/* Reads a file that must be there. */
void config_file_read(struct settings *settings, const char *path, struct findings *findings);

/* Reads what is there of the files that fit a wildcard, in the order of their names. */
void config_file_read_all(struct settings *settings, const char *wildcard,
                          struct findings *findings);

bool config_file_exists(const char *path);

/* The content of a small file, without a line end at its end: for secrets. NULL, with an error
 * added that names `user` as the one who wants it, if it cannot be read; owned by the caller. */
char *config_file_content(const char *path, const char *user, struct findings *findings);

#endif
