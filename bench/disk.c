#include "bench/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/memory.h"
#include "bench/stats.h"

enum { FILE_SIZE = 32 << 20 };

static int open_file(const char *directory)
{
    char *path = memory_text("%s/leveret-bench-XXXXXX", directory);
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd != -1) {
        unlink(path);
    }
    free(path);
    if (fd != -1 && fallocate(fd, 0, 0, FILE_SIZE) == -1) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Returns how many blocks were written and synced, or 0 after a failure. */
static uint64_t sync_blocks(int fd, const void *block, size_t size, int64_t end_ns)
{
    uint64_t count = 0;
    size_t places = FILE_SIZE / size;
    while (clock_ns() < end_ns) {
        off_t at = (off_t)(count % places * size);
        if (pwrite(fd, block, size, at) != (ssize_t)size || fdatasync(fd) == -1) {
            return 0;
        }
        count++;
    }
    return count;
}

double disk_syncs_per_s(const char *directory, size_t block_size, int64_t duration_ns,
                        struct problem *problem)
{
    int fd = open_file(directory);
    uint64_t count = 0;
    int64_t spent_ns = 0;
    if (fd != -1) {
        void *block = memory_zeroed(block_size, 1);
        memset(block, 'x', block_size);
        fsync(fd);
        int64_t start_ns = clock_ns();
        count = sync_blocks(fd, block, block_size, start_ns + duration_ns);
        spent_ns = clock_ns() - start_ns;
        free(block);
        close(fd);
    }
    if (count == 0) {
        problem_set(problem, "cannot write in %s: %s", directory, strerror(errno));
        return 0;
    }
    return (double)count * 1e9 / (double)spent_ns;
}
