#include "persist/checkpoint.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/wire.h"
#include "persist/crc32c.h"
#include "persist/record.h"
#include "tests/unit/persist/fake_disk.h"

static void start(struct fake_disk *fake)
{
    fake_disk_init(fake);
    fake->disk.mkdir(&fake->disk, "/data");
    fake->disk.sync_directory(&fake->disk, "");
}

/* One block for each word of the text. */
static void add_words(struct checkpoint *checkpoint, const char *text)
{
    uint8_t type = 1;
    while (*text) {
        size_t len = strcspn(text, " "), cut = len / 2;
        struct slice pieces[] = {{(const uint8_t *)text, cut},
                                 {(const uint8_t *)text + cut, len - cut}};
        checkpoint_add(checkpoint, type++, pieces, 2);
        text += len + (text[len] == ' ');
    }
}

static struct checkpoint *begin(struct fake_disk *fake, uint64_t position)
{
    struct checkpoint_options options = {
        .disk = &fake->disk,
        .dir = "/data",
        .position = position,
        .threadless = true,
    };
    struct checkpoint *checkpoint;
    struct fault fault;
    cr_assert_eq(checkpoint_begin(&checkpoint, &options, &fault), 0);
    return checkpoint;
}

static int write_sample(struct fake_disk *fake, uint64_t position, const char *text)
{
    struct fault fault;
    struct checkpoint *checkpoint = begin(fake, position);
    add_words(checkpoint, text);
    checkpoint_finish(checkpoint);
    int rc = checkpoint_poll(checkpoint, &fault);
    cr_assert_eq(rc < 0, fault.error < 0);
    checkpoint_free(checkpoint);
    return rc;
}

struct sample {
    char text[256]; // the words
    uint8_t type;   // of the last block
    struct checkpoint_report report;
    struct fault fault;
};

static int on_block(void *arg, uint8_t type, struct slice payload)
{
    struct sample *sample = arg;
    size_t len = strlen(sample->text);
    cr_assert_lt(len + payload.len + 2, sizeof sample->text);
    cr_assert_gt(type, sample->type);
    cr_assert_gt(sample->report.position, 0);
    snprintf(sample->text + len, sizeof sample->text - len, "%s%.*s", len ? " " : "",
             (int)payload.len, (const char *)payload.ptr);
    sample->type = type;
    return 0;
}

static int read_with(struct fake_disk *fake, struct sample *sample,
                     const struct checkpoint_reading *how)
{
    *sample = (struct sample){0};
    struct checkpoint_reading reading = *how;
    reading.disk = &fake->disk;
    reading.dir = "/data";
    reading.apply = on_block;
    reading.arg = sample;
    return checkpoint_read(&reading, &sample->report, &sample->fault);
}

static int read_sample(struct fake_disk *fake, struct sample *sample)
{
    return read_with(fake, sample, &(struct checkpoint_reading){0});
}

static int on_second(void *arg, uint8_t type, struct slice payload)
{
    (void)arg;
    (void)payload;
    return type == 2 ? -EBADMSG : 0;
}

static const char *const FIRST = "/data/checkpoint/0000000000000100.ckpt";

Test(checkpoint, there_is_none_at_first)
{
    struct fake_disk fake;
    struct sample sample;
    start(&fake);
    cr_assert_eq(read_sample(&fake, &sample), 0);
    cr_assert_eq(sample.report.position, 0);
    fake_disk_finish(&fake);
}

Test(checkpoint, the_newest_counts_and_the_older_is_removed)
{
    struct fake_disk fake;
    struct sample sample;
    size_t len;
    start(&fake);
    cr_assert_eq(write_sample(&fake, 0x100, "one"), 1);
    cr_assert_eq(write_sample(&fake, 0x200, "two three"), 1);
    cr_assert_eq(read_sample(&fake, &sample), 1);
    cr_assert_eq(sample.report.position, 0x200);
    cr_assert_eq(sample.report.blocks, 2);
    cr_assert_str_eq(sample.text, "two three");
    cr_assert_null(fake_disk_content(&fake, FIRST, &len));
    cr_assert_eq(write_sample(&fake, 0x300, ""), 1);
    cr_assert_eq(read_sample(&fake, &sample), 1);
    cr_assert_str_eq(sample.text, "");
    fake_disk_finish(&fake);
}

Test(checkpoint, a_file_whose_name_is_no_position_is_not_taken_for_one)
{
    struct fake_disk fake;
    struct sample sample;
    start(&fake);
    cr_assert_eq(write_sample(&fake, 0x100, "one"), 1);
    fake.disk.open(&fake.disk, "/data/checkpoint/0000000000000204.ckpt", O_RDWR | O_CREAT);
    fake.disk.open(&fake.disk, "/data/checkpoint/ffffffffffffff00.ckpt", O_RDWR | O_CREAT);
    cr_assert_eq(read_sample(&fake, &sample), 1);
    cr_assert_str_eq(sample.text, "one");
    fake_disk_finish(&fake);
}

Test(checkpoint, every_flipped_bit_and_every_cut_is_found)
{
    struct fake_disk fake;
    struct sample sample;
    size_t len;
    start(&fake);
    cr_assert_eq(write_sample(&fake, 0x100, "a state of things"), 1);
    uint8_t *file = fake_disk_content(&fake, FIRST, &len);
    cr_assert_eq(len, CHECKPOINT_HEADER + 4 * 32 + RECORD_MARK);
    for (size_t bit = 0; bit < len * 8; bit++) {
        file[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_assert_eq(read_sample(&fake, &sample), -EUCLEAN, "bit %zu", bit);
        cr_assert_str_eq(sample.fault.file, FIRST);
        cr_assert_leq(sample.fault.offset, bit / 8);
        file[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    cr_assert_eq(read_sample(&fake, &sample), 1);
    int fd = fake.disk.open(&fake.disk, FIRST, 0);
    cr_assert_eq(disk_write(&fake.disk, fd, SLICE("more"), len), 0);
    cr_assert_eq(read_sample(&fake, &sample), -EUCLEAN);
    while (len-- > 0) {
        fake.disk.ftruncate(&fake.disk, fd, len);
        cr_assert_eq(read_sample(&fake, &sample), -EUCLEAN, "cut at %zu", len);
    }
    fake_disk_finish(&fake);
}

Test(checkpoint, power_may_fail_at_any_call)
{
    bool through = false;
    for (uint64_t at = 1; !through; at++) {
        for (uint64_t seed = 0; seed < 30; seed++) {
            struct fake_disk fake;
            struct sample sample;
            start(&fake);
            cr_assert_eq(write_sample(&fake, 0x100, "one"), 1);
            fake.off_at = fake.calls + at;
            bool written = write_sample(&fake, 0x200, "two and more") == 1;
            through = fake.calls < fake.off_at;
            fake_disk_restart(&fake, seed);
            cr_assert_eq(read_sample(&fake, &sample), 1);
            bool second = sample.report.position == 0x200;
            cr_assert(second || !written);
            cr_assert_str_eq(sample.text, second ? "two and more" : "one");
            cr_assert_eq(write_sample(&fake, 0x300, "three"), 1);
            cr_assert_eq(read_sample(&fake, &sample), 1);
            cr_assert_str_eq(sample.text, "three");
            fake_disk_finish(&fake);
        }
    }
}

Test(checkpoint, any_call_may_fail)
{
    bool through = false;
    for (uint64_t at = 1; !through; at++) {
        struct fake_disk fake;
        struct sample sample;
        start(&fake);
        cr_assert_eq(write_sample(&fake, 0x100, "one"), 1);
        fake.fail_at = fake.calls + at;
        fake.fail_error = -EIO;
        bool written = write_sample(&fake, 0x200, "two") == 1;
        through = fake.calls < fake.fail_at;
        fake.fail_at = 0;
        cr_assert_eq(read_sample(&fake, &sample), 1);
        bool second = sample.report.position == 0x200;
        cr_assert(second || !written);
        cr_assert_str_eq(sample.text, second ? "two" : "one");
        fake_disk_finish(&fake);
    }
}

Test(checkpoint, an_abandoned_one_leaves_nothing_behind)
{
    struct fake_disk fake;
    struct sample sample;
    size_t len;
    start(&fake);
    cr_assert_eq(write_sample(&fake, 0x100, "one"), 1);
    struct checkpoint *checkpoint = begin(&fake, 0x200);
    uint8_t *payload = memory_new(1 << 20);
    checkpoint_add(checkpoint, 1, &(struct slice){payload, 1 << 20}, 1);
    cr_assert_eq(checkpoint_poll(checkpoint, &sample.fault), 0);
    cr_assert_not_null(fake_disk_content(&fake, "/data/checkpoint/checkpoint.tmp", &len));
    checkpoint_free(checkpoint);
    cr_assert_null(fake_disk_content(&fake, "/data/checkpoint/checkpoint.tmp", &len));
    cr_assert_eq(read_sample(&fake, &sample), 1);
    cr_assert_str_eq(sample.text, "one");
    free(payload);
    fake_disk_finish(&fake);
}

Test(checkpoint, a_failed_one_says_where_and_takes_no_more)
{
    struct fake_disk fake;
    struct fault fault;
    start(&fake);
    struct checkpoint *checkpoint = begin(&fake, 0x200);
    uint8_t *payload = memory_new(1 << 20);
    fake.fail_at = fake.calls + 6; // behind the directory, the file, the header, and two runs
    fake.fail_error = -ENOSPC;
    checkpoint_add(checkpoint, 1, &(struct slice){payload, 1 << 20}, 1);
    cr_assert_eq(checkpoint_poll(checkpoint, &fault), -ENOSPC);
    cr_assert_str_eq(fault.doing, "write");
    cr_assert_str_eq(fault.file, "/data/checkpoint/checkpoint.tmp");
    cr_assert_gt(fault.offset, 0);
    uint64_t calls = fake.calls;
    checkpoint_add(checkpoint, 1, &(struct slice){payload, 1 << 20}, 1);
    cr_assert_not(checkpoint_full(checkpoint));
    checkpoint_finish(checkpoint);
    cr_assert_eq(checkpoint_poll(checkpoint, &fault), -ENOSPC);
    checkpoint_free(checkpoint);
    cr_assert_eq(fake.calls, calls);
    free(payload);
    fake_disk_finish(&fake);
}

Test(checkpoint, a_block_that_is_not_taken_ends_the_reading)
{
    struct fake_disk fake;
    struct sample sample = {0};
    start(&fake);
    cr_assert_eq(write_sample(&fake, 0x100, "one two three"), 1);
    struct checkpoint_reading reading = {
        .disk = &fake.disk, .dir = "/data", .apply = on_second, .arg = &sample};
    cr_assert_eq(checkpoint_read(&reading, &sample.report, &sample.fault), -EBADMSG);
    cr_assert_str_eq(sample.fault.file, FIRST);
    cr_assert_eq(sample.fault.offset, CHECKPOINT_HEADER + 32);
    fake_disk_finish(&fake);
}

/* --- Salvage. --- */

static void check_report(struct fake_disk *fake, const char *what)
{
    size_t len;
    const uint8_t *report = fake_disk_content(fake, "/data/salvage/report.txt", &len);
    cr_assert_not_null(report);
    char *text = memory_new(len + 1);
    slice_copy((uint8_t *)text, (struct slice){report, len});
    cr_assert_not_null(strstr(text, what), "%s", text);
    free(text);
}

static const struct checkpoint_reading SALVAGE = {.salvage = true}, LOOK = {.read_only = true};

Test(checkpoint, salvage_leaves_out_what_is_damaged_and_keeps_it_aside)
{
    struct fake_disk fake;
    struct sample sample;
    size_t len;
    start(&fake);
    cr_assert_eq(write_sample(&fake, 0x100, "one two three"), 1);
    uint8_t *file = fake_disk_content(&fake, FIRST, &len);
    file[CHECKPOINT_HEADER + 32 + 5] ^= 1;
    cr_assert_eq(read_with(&fake, &sample, &SALVAGE), 1);
    cr_assert_str_eq(sample.text, "one three");
    cr_assert(sample.report.hole_count == 1 && sample.report.hole_size == 32);
    check_report(&fake, "dropped 32 octets of /data/checkpoint/0000000000000100.ckpt at offset 96");
    const char *kept = "/data/salvage/checkpoint-0000000000000160.bin";
    const uint8_t *octets = fake_disk_content(&fake, kept, &len);
    cr_assert(octets && len == 32);
    file = fake_disk_content(&fake, FIRST, &len);
    cr_assert_arr_eq(octets, file + CHECKPOINT_HEADER + 32, 32);
    fake_disk_finish(&fake);
}

Test(checkpoint, salvage_does_without_a_header_and_without_an_end)
{
    struct fake_disk fake;
    struct sample sample;
    size_t len;
    start(&fake);
    cr_assert_eq(write_sample(&fake, 0x100, "one two three"), 1);
    fake_disk_content(&fake, FIRST, &len)[3] ^= 1;
    int fd = fake.disk.open(&fake.disk, FIRST, 0);
    fake.disk.ftruncate(&fake.disk, fd, len - RECORD_MARK - 8);
    cr_assert_eq(read_with(&fake, &sample, &SALVAGE), 1);
    cr_assert_eq(sample.report.position, 0x100);
    cr_assert_str_eq(sample.text, "one two");
    cr_assert_eq(sample.report.hole_count, 2);
    fake.disk.ftruncate(&fake.disk, fd, CHECKPOINT_HEADER + 32);
    cr_assert_eq(read_with(&fake, &sample, &SALVAGE), 1);
    cr_assert_str_eq(sample.text, "one");
    check_report(&fake, "missing: /data/checkpoint/0000000000000100.ckpt from offset 96 on");
    fake_disk_finish(&fake);
}

Test(checkpoint, salvage_comes_through_whatever_octet_is_damaged)
{
    struct fake_disk fake;
    struct sample sample;
    size_t len;
    start(&fake);
    cr_assert_eq(write_sample(&fake, 0x100, "one two three"), 1);
    uint8_t *file = fake_disk_content(&fake, FIRST, &len);
    for (size_t at = 0; at < len; at++) {
        file[at] ^= 0x10;
        cr_assert_eq(read_with(&fake, &sample, &LOOK), 1);
        cr_assert_eq(sample.report.hole_count, 1);
        cr_assert_geq(sample.report.blocks, 2);
        file[at] ^= 0x10;
    }
    fake_disk_finish(&fake);
}

Test(checkpoint, looking_at_it_changes_nothing)
{
    struct fake_disk fake;
    struct sample sample;
    size_t len;
    start(&fake);
    cr_assert_eq(write_sample(&fake, 0x100, "one two three"), 1);
    fake_disk_content(&fake, FIRST, &len)[CHECKPOINT_HEADER + 7] ^= 1;
    uint64_t changes = fake.changes;
    cr_assert_eq(read_with(&fake, &sample, &LOOK), 1);
    cr_assert_str_eq(sample.text, "two three");
    cr_assert_eq(sample.report.hole_count, 1);
    cr_assert_eq(fake.changes, changes);
    fake_disk_finish(&fake);
}

Test(checkpoint, another_version_is_refused_also_with_salvage)
{
    struct fake_disk fake;
    struct sample sample;
    size_t len;
    start(&fake);
    cr_assert_eq(write_sample(&fake, 0x100, "one"), 1);
    uint8_t *file = fake_disk_content(&fake, FIRST, &len);
    wire_store_u32(file + 8, CHECKPOINT_VERSION + 1);
    wire_store_u32(file + 60, crc32c(0, (struct slice){file, 60}));
    cr_assert_eq(read_sample(&fake, &sample), -ENOTSUP);
    cr_assert_eq(read_with(&fake, &sample, &SALVAGE), -ENOTSUP);
    cr_assert_eq(sample.report.blocks, 0);
    fake_disk_finish(&fake);
}
