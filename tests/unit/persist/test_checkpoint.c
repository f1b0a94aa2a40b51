#include "persist/checkpoint.h"

#include <criterion/criterion.h>
#include <errno.h>

#include "base/wire.h"
#include "tests/unit/persist/fake_disk.h"

static void start(struct fake_disk *fake)
{
    fake_disk_init(fake);
    fake->disk.mkdir(&fake->disk, "/data");
    fake->disk.sync_directory(&fake->disk, "");
}

static int write_sample(struct fake_disk *fake, uint64_t position, const char *text)
{
    struct fault fault;
    struct slice blob = {(const uint8_t *)text, strlen(text)};
    return checkpoint_write(&fake->disk, "/data", position, blob, &fault);
}

/* What is read, as "position text". */
static int read_sample(struct fake_disk *fake, uint64_t *position, char text[64])
{
    struct bytes blob = {0};
    struct fault fault;
    int rc = checkpoint_read(&fake->disk, "/data", &blob, position, &fault);
    if (rc == 1) {
        cr_assert_lt(blob.len, 64);
        slice_copy((uint8_t *)text, bytes_slice(&blob));
        text[blob.len] = '\0';
    }
    bytes_finish(&blob);
    return rc;
}

Test(checkpoint, there_is_none_at_first)
{
    struct fake_disk fake;
    uint64_t position = 1;
    char text[64];
    start(&fake);
    cr_assert_eq(read_sample(&fake, &position, text), 0);
    cr_assert_eq(position, 0);
    fake_disk_finish(&fake);
}

Test(checkpoint, the_newest_counts_and_the_older_is_removed)
{
    struct fake_disk fake;
    uint64_t position;
    size_t len;
    char text[64];
    start(&fake);
    cr_assert_eq(write_sample(&fake, 0x100, "one"), 0);
    cr_assert_eq(write_sample(&fake, 0x200, "two"), 0);
    cr_assert_eq(read_sample(&fake, &position, text), 1);
    cr_assert_eq(position, 0x200);
    cr_assert_str_eq(text, "two");
    cr_assert_null(fake_disk_content(&fake, "/data/checkpoint/0000000000000100.ckpt", &len));
    cr_assert_eq(write_sample(&fake, 0x300, ""), 0);
    cr_assert_eq(read_sample(&fake, &position, text), 1);
    cr_assert_str_eq(text, "");
    fake_disk_finish(&fake);
}

Test(checkpoint, every_flipped_bit_and_every_cut_is_found)
{
    struct fake_disk fake;
    uint64_t position;
    size_t len;
    char text[64];
    start(&fake);
    cr_assert_eq(write_sample(&fake, 0x100, "a state"), 0);
    uint8_t *file = fake_disk_content(&fake, "/data/checkpoint/0000000000000100.ckpt", &len);
    cr_assert_eq(len, CHECKPOINT_HEADER + 7);
    for (size_t bit = 0; bit < len * 8; bit++) {
        file[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_assert_eq(read_sample(&fake, &position, text), -EUCLEAN);
        file[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    cr_assert_eq(read_sample(&fake, &position, text), 1);
    int fd = fake.disk.open(&fake.disk, "/data/checkpoint/0000000000000100.ckpt", 0);
    while (len-- > 0) {
        fake.disk.ftruncate(&fake.disk, fd, len);
        cr_assert_eq(read_sample(&fake, &position, text), -EUCLEAN);
    }
    fake_disk_finish(&fake);
}

Test(checkpoint, power_may_fail_at_any_call)
{
    bool through = false;
    for (uint64_t at = 1; !through; at++) {
        for (uint64_t seed = 0; seed < 30; seed++) {
            struct fake_disk fake;
            uint64_t position;
            char text[64];
            start(&fake);
            cr_assert_eq(write_sample(&fake, 0x100, "one"), 0);
            fake.off_at = fake.calls + at;
            through = write_sample(&fake, 0x200, "two") == 0;
            fake_disk_restart(&fake, seed);
            cr_assert_eq(read_sample(&fake, &position, text), 1);
            cr_assert(position == 0x200 || !through);
            cr_assert_str_eq(text, position == 0x200 ? "two" : "one");
            cr_assert_eq(write_sample(&fake, 0x300, "three"), 0);
            cr_assert_eq(read_sample(&fake, &position, text), 1);
            cr_assert_str_eq(text, "three");
            fake_disk_finish(&fake);
        }
    }
}

Test(checkpoint, any_call_may_fail)
{
    bool through = false;
    for (uint64_t at = 1; !through; at++) {
        struct fake_disk fake;
        uint64_t position;
        char text[64];
        start(&fake);
        cr_assert_eq(write_sample(&fake, 0x100, "one"), 0);
        fake.fail_at = fake.calls + at;
        fake.fail_error = -EIO;
        bool written = write_sample(&fake, 0x200, "two") == 0;
        through = fake.calls < fake.fail_at;
        fake.fail_at = 0;
        cr_assert_eq(read_sample(&fake, &position, text), 1);
        cr_assert(position == 0x200 || !written);
        cr_assert_str_eq(text, position == 0x200 ? "two" : "one");
        fake_disk_finish(&fake);
    }
}
