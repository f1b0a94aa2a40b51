#include "persist/view.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/memory.h"
#include "tests/unit/persist/fake_disk.h"

enum { LEN = 3 * VIEW_STRETCH + 777 };

/* A file of LEN octets, each of which follows from its place. */
struct place {
    struct fake_disk fake;
    int fd;
    struct view view;
};

static uint8_t octet_at(uint64_t offset)
{
    return (uint8_t)(offset * 31 + offset / 251);
}

static struct place *place_new(void)
{
    struct place *place = memory_new(sizeof *place);
    uint8_t *octets = memory_raw(LEN);
    fake_disk_init(&place->fake);
    place->fd = place->fake.disk.open(&place->fake.disk, "/file", O_RDWR | O_CREAT);
    for (uint64_t i = 0; i < LEN; i++) {
        octets[i] = octet_at(i);
    }
    cr_assert_eq(disk_write(&place->fake.disk, place->fd, (struct slice){octets, LEN}, 0), 0);
    free(octets);
    view_start(&place->view, &place->fake.disk, place->fd, LEN);
    return place;
}

static void place_free(struct place *place)
{
    view_finish(&place->view);
    fake_disk_finish(&place->fake);
    free(place);
}

static void check(struct place *place, uint64_t offset, size_t want)
{
    struct slice seen = view_at(&place->view, offset, want);
    uint64_t left = offset < LEN ? LEN - offset : 0;
    cr_assert_geq(seen.len, want < left ? want : left);
    cr_assert_leq(seen.len, left);
    for (size_t i = 0; i < seen.len; i += 97) {
        cr_assert_eq(seen.ptr[i], octet_at(offset + i));
    }
}

Test(view, shows_what_is_there_wherever_one_looks)
{
    struct place *place = place_new();
    uint64_t seed = 1;
    for (int i = 0; i < 300; i++) {
        uint64_t offset = fake_random(&seed) % (LEN + 100);
        check(place, offset, fake_random(&seed) % (i % 10 ? 5000 : 2 * VIEW_STRETCH));
        check(place, offset + fake_random(&seed) % 5000, 24);
    }
    place_free(place);
}

Test(view, reads_each_stretch_once_from_the_front_to_the_back)
{
    struct place *place = place_new();
    for (uint64_t offset = 0; offset < LEN; offset += 1000) {
        check(place, offset, 24);
        check(place, offset, 1000);
    }
    check(place, LEN, 24);
    cr_assert_leq(place->fake.reads, LEN / VIEW_STRETCH + 2);
    cr_assert_leq(place->view.bytes.cap, VIEW_STRETCH);
    place_free(place);
}

Test(view, sees_nothing_behind_its_end)
{
    struct place *place = place_new();
    view_start(&place->view, &place->fake.disk, place->fd, 100);
    cr_assert_eq(view_at(&place->view, 0, 1000).len, 100);
    cr_assert_eq(view_at(&place->view, 90, 24).len, 10);
    cr_assert_eq(view_at(&place->view, 100, 1).len, 0);
    cr_assert_eq(view_at(&place->view, 5000, 1).len, 0);
    cr_assert_eq(place->view.error, 0);
    place_free(place);
}

Test(view, sees_nothing_once_a_read_has_failed)
{
    struct place *place = place_new();
    check(place, 0, 24);
    place->fake.fail_at = place->fake.calls + 1;
    place->fake.fail_error = -EIO;
    cr_assert_eq(view_at(&place->view, 2 * VIEW_STRETCH, 24).len, 0);
    cr_assert_eq(place->view.error, -EIO);
    cr_assert_eq(view_at(&place->view, 0, 24).len, 0);
    view_start(&place->view, &place->fake.disk, place->fd, LEN + 1); // the file is shorter
    cr_assert_eq(view_at(&place->view, LEN - 10, 24).len, 0);
    cr_assert_eq(place->view.error, -EIO);
    place_free(place);
}
