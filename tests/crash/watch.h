#ifndef TESTS_CRASH_WATCH_H
#define TESTS_CRASH_WATCH_H

#include <stdbool.h>

/* Tells when files of a broker come, go or change their names: that is when segments roll, and
 * checkpoints are made. */
struct watch {
    int fd;
};

/* Looks at the folders of this data directory that there are. */
struct watch watch_open(const char *data);
void watch_close(struct watch *watch);

/* Waits for so many events, and not longer than `ms`; false if there were fewer. */
bool watch_wait(struct watch *watch, unsigned events, int ms);

#endif
