#include "conf/file_content.h"

#include <errno.h>
#include <stdio.h>

int file_content(const char *path, size_t max, struct bytes *out)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        return -errno;
    }
    int rc = 0;
    size_t got, from = out->len;
    do {
        uint8_t *at = bytes_reserve(out, 4096);
        errno = EIO;
        got = fread(at, 1, 4096, file);
        out->len += got;
        if (ferror(file)) {
            rc = -errno;
        } else if (out->len - from > max) {
            rc = -EFBIG;
        }
    } while (got > 0 && rc == 0);
    fclose(file);
    return rc;
}
