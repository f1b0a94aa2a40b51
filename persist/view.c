#include "persist/view.h"

void view_start(struct view *view, struct disk *disk, int fd, uint64_t len)
{
    view->disk = disk;
    view->fd = fd;
    view->len = len;
    view->bytes.len = 0;
    view->from = 0;
    view->error = 0;
}

void view_finish(struct view *view)
{
    bytes_finish(&view->bytes);
}

/* Keeps what is there already of the stretch that starts at the offset. */
static void move_to(struct view *view, uint64_t offset)
{
    uint64_t end = view->from + view->bytes.len;
    if (offset >= view->from && offset <= end) {
        bytes_consume(&view->bytes, offset - view->from);
    } else {
        view->bytes.len = 0;
    }
    view->from = offset;
}

void view_load(struct view *view, uint64_t offset, size_t want)
{
    if (view->error) {
        view->bytes.len = 0;
        return;
    }
    move_to(view, offset);
    uint64_t left = offset < view->len ? view->len - offset : 0;
    size_t len = want > VIEW_STRETCH ? want : VIEW_STRETCH;
    len = len < left ? len : left;
    if (view->bytes.len < len) {
        size_t more = len - view->bytes.len;
        uint8_t *room = bytes_reserve(&view->bytes, more);
        view->error = disk_read(view->disk, view->fd, room, more, offset + view->bytes.len);
        view->bytes.len = view->error ? 0 : len;
    }
}
