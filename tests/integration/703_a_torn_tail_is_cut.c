/* What a power cut leaves, half a record, is cut off and told of; all that is before it is there.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/integration/durable.h"

static uint64_t number_at(const unsigned char *octets, int len)
{
    uint64_t number = 0;
    for (int i = 0; i < len; i++) {
        number = number << 8 | octets[i];
    }
    return number;
}

/* Begins another record behind the last one, as persist/record.h draws it, and does not end it. */
static void tear(const char *directory)
{
    enum { HEADER = 64, RECORD = 24, LENGTH_AT = 4, POSITION_AT = 8 };
    char *path = durable_newest_segment(directory);
    unsigned char header[RECORD];
    uint64_t first = strtoull(strrchr(path, '/') + 1, NULL, 16), at = HEADER;
    int fd = open(path, O_RDWR);
    CHECK(fd >= 0);
    while (pread(fd, header, sizeof header, (off_t)at) == sizeof header &&
           number_at(header + POSITION_AT, 8) == first + at) {
        at += (RECORD + number_at(header + LENGTH_AT, 4) + 7) / 8 * 8;
    }
    memset(header, 0xab, sizeof header);
    for (int i = 0; i < 8; i++) {
        header[POSITION_AT + i] = (unsigned char)((first + at) >> (8 * (7 - i)));
    }
    memcpy(header + LENGTH_AT, "\0\0\1\0", 4);
    CHECK(pwrite(fd, header, sizeof header, (off_t)at) == sizeof header);
    close(fd);
    free(path);
}

int main(void)
{
    char *directory = directory_make();
    struct broker_process broker = durable_start(directory, NULL);
    durable_publish(&broker, 0, 50);
    durable_kill(&broker);
    tear(directory);
    broker = durable_start(directory, NULL);
    CHECK(broker_logs(&broker,
                      "the journal's last records were not complete, it was cut at position ", 0));
    durable_take(&broker, 0, 50);
    broker_stop(&broker);
    directory_remove(directory);
    free(directory);
    return 0;
}
