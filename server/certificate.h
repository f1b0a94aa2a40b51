#ifndef SERVER_CERTIFICATE_H
#define SERVER_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether every certificate in a PEM file is still good in so many seconds. False, too, if the file
 * cannot be read or has none in it. */
bool certificate_outlasts(const char *file, uint64_t seconds);

#endif
