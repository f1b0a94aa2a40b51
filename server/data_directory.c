#include "server/data_directory.h"

#include <errno.h>
#include <sys/stat.h>

#include "conf/format.h"

enum { DIRECTORY_MODE = 0750 };

static int make(const char *path)
{
    struct stat status;
    if (mkdir(path, DIRECTORY_MODE) == 0) {
        return 0;
    }
    int error = errno;
    bool there = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    return there ? 0 : error;
}

bool data_directory_make(const char *path, struct text *error)
{
    struct bytes part = {0};
    int failure = 0;
    for (const char *at = path + strspn(path, "/"); *at && failure == 0;) {
        at += strcspn(at, "/");
        part.len = 0;
        format_add(&part, "%.*s%c", (int)(at - path), path, '\0');
        failure = make((const char *)part.ptr);
        at += strspn(at, "/");
    }
    if (failure != 0) {
        text_format(error, "cannot make the data directory %s: %s", format_slice(path),
                    format_slice(strerror(failure)));
    }
    bytes_finish(&part);
    return failure == 0;
}

bool data_directory_default(const struct data_places *places, struct bytes *path,
                            struct text *error)
{
    struct text ignored = {.len = 0};
    if (places->root && data_directory_make(places->system, &ignored)) {
        format_add(path, "%s%c", places->system, '\0');
    } else if (places->state_home && places->state_home[0] == '/') {
        format_add(path, "%s/leveret%c", places->state_home, '\0');
    } else if (places->home && places->home[0] == '/') {
        format_add(path, "%s/.local/state/leveret%c", places->home, '\0');
    } else {
        text_add_str(error, "there is no place for the data: say one with --data-dir, or keep it "
                            "in memory with --memory");
        return false;
    }
    return true;
}
