#ifndef SERVER_INSPECT_H
#define SERVER_INSPECT_H

#include <stdbool.h>

#include "base/bytes.h"

/* `leveret inspect DIR`: reads a data directory, whether a broker uses it or not, checks every
 * checksum, and appends what it found, for people, to *out. Nothing is changed. False if something
 * is damaged or cannot be read. */
bool inspect(const char *dir, struct bytes *out);

#endif
