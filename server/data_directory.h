#ifndef SERVER_DATA_DIRECTORY_H
#define SERVER_DATA_DIRECTORY_H

#include "base/bytes.h"
#include "base/text.h"

/* Where the data is, if nobody says it: /var/lib/leveret for root, if that can be had, else leveret
 * in XDG_STATE_HOME, else .local/state/leveret in HOME. Appends the path, with a zero behind it.
 * False, with the reason, if there is no such place. */
struct data_places {
    bool root;
    const char *system;     // "/var/lib/leveret"
    const char *state_home; // XDG_STATE_HOME; or NULL
    const char *home;       // HOME; or NULL
};

bool data_directory_default(const struct data_places *places, struct bytes *path,
                            struct text *error);

/* Makes the directory and those above it. False, with the reason, if that fails. */
bool data_directory_make(const char *path, struct text *error);

#endif
