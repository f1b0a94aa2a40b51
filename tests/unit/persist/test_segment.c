#include "persist/segment.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/list.h"
#include "base/wire.h"
#include "persist/crc32c.h"
#include "persist/record.h"
#include "persist/scan.h"
#include "tests/unit/persist/fake_disk.h"

static const struct segment_header SAMPLE = {
    .store_id = "0123456789abcde", .first = 0x1000, .size = 8192};

Test(segment, the_header_comes_back)
{
    uint8_t bytes[SEGMENT_HEADER];
    struct segment_header header;
    segment_encode(bytes, &SAMPLE);
    cr_assert_eq(segment_decode((struct slice){bytes, sizeof bytes}, &header), 0);
    cr_assert_arr_eq(header.store_id, SAMPLE.store_id, STORE_ID_SIZE);
    cr_assert(header.first == SAMPLE.first && header.size == SAMPLE.size);
}

Test(segment, a_header_with_any_bit_flipped_or_cut_is_damaged)
{
    uint8_t bytes[SEGMENT_HEADER];
    struct segment_header header;
    segment_encode(bytes, &SAMPLE);
    for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_assert_eq(segment_decode((struct slice){bytes, sizeof bytes}, &header), -EUCLEAN);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t len = 0; len < sizeof bytes; len++) {
        cr_assert_eq(segment_decode((struct slice){bytes, len}, &header), -EUCLEAN);
    }
}

Test(segment, a_newer_version_is_told_apart_from_damage)
{
    uint8_t bytes[SEGMENT_HEADER];
    struct segment_header header;
    segment_encode(bytes, &SAMPLE);
    wire_store_u32(bytes + 8, SEGMENT_VERSION + 1);
    wire_store_u32(bytes + 60, crc32c(0, (struct slice){bytes, 60}));
    cr_assert_eq(segment_decode((struct slice){bytes, sizeof bytes}, &header), -ENOTSUP);
}

Test(segment, names_are_the_position_in_hex)
{
    char name[SEGMENT_NAME_MAX];
    uint64_t number = 0;
    segment_name(name, 0xfedcba9876543210, ".seg");
    cr_assert_str_eq(name, "fedcba9876543210.seg");
    cr_assert(segment_parse_name(name, ".seg", &number));
    cr_assert_eq(number, 0xfedcba9876543210);
    cr_assert_not(segment_parse_name(name, ".spare", &number));
    cr_assert_not(segment_parse_name("fedcba987654321.seg", ".seg", &number));
    cr_assert_not(segment_parse_name("0fedcba9876543210.seg", ".seg", &number));
    cr_assert_not(segment_parse_name("FEDCBA9876543210.seg", ".seg", &number));
    cr_assert_not(segment_parse_name("", ".seg", &number));
}

/* Power fails at each call of the procedure, and what was not synced is lost in many ways: under
 * the segment's name there is a whole header, or there is no such name. */
Test(segment, has_a_whole_header_as_soon_as_it_has_its_name)
{
    bool through = false;
    for (uint64_t at = 1; !through; at++) {
        for (uint64_t seed = 0; seed < 20; seed++) {
            struct fake_disk fake;
            fake_disk_init(&fake);
            fake.disk.mkdir(&fake.disk, "/d");
            fake.disk.sync_directory(&fake.disk, "");
            fake.off_at = fake.calls + at;
            int rc = segment_make_spare(&fake.disk, "/d", 3, 8192);
            int fd = rc < 0 ? rc : segment_activate(&fake.disk, "/d", 3, &SAMPLE);
            through = fd >= 0;
            fake_disk_restart(&fake, seed);
            size_t len;
            const uint8_t *file = fake_disk_content(&fake, "/d/0000000000001000.seg", &len);
            struct segment_header header;
            cr_assert(!file || segment_decode((struct slice){file, len}, &header) == 0);
            cr_assert(file || !through, "a segment that was activated is gone");
            fake_disk_finish(&fake);
        }
    }
}

Test(segment, a_full_disk_leaves_no_half_made_file)
{
    struct fake_disk fake;
    size_t len;
    fake_disk_init(&fake);
    fake.disk.mkdir(&fake.disk, "/d");
    fake.space = 10000;
    cr_assert_eq(segment_make_spare(&fake.disk, "/d", 1, 8192), 0);
    cr_assert_eq(segment_make_spare(&fake.disk, "/d", 2, 8192), -ENOSPC);
    cr_assert_not_null(fake_disk_content(&fake, "/d/0000000000000001.spare", &len));
    cr_assert_null(fake_disk_content(&fake, "/d/0000000000000002.spare", &len));
    cr_assert_null(fake_disk_content(&fake, "/d/0000000000000002.tmp", &len));
    fake_disk_finish(&fake);
}

enum { FILE_SIZE = 4096 };

/* A scan over these octets, FILE_SIZE of them, which a file on the fake disk holds. */
static struct scan scan_octets(struct view *view, uint64_t first, const uint8_t *octets)
{
    struct fake_disk *fake = container_of(view->disk, struct fake_disk, disk);
    int fd = fake->disk.open(&fake->disk, "/d", O_RDWR | O_CREAT);
    struct scan scan;
    cr_assert_eq(disk_write(&fake->disk, fd, (struct slice){octets, FILE_SIZE}, 0), 0);
    view_start(view, &fake->disk, fd, FILE_SIZE);
    scan_start(&scan, first, view);
    return scan;
}

Test(segment, what_an_earlier_use_left_behind_does_not_match)
{
    struct fake_disk fake;
    uint8_t *file = calloc(1, FILE_SIZE);
    fake_disk_init(&fake);
    struct view view = {.disk = &fake.disk};
    struct record record = {.position = 0x1000 + SEGMENT_HEADER, .type = 1};
    for (size_t at = SEGMENT_HEADER; at + 32 <= FILE_SIZE; at += 32) {
        record.position = 0x1000 + at;
        record_encode(file + at, &record, &SLICE("stale"), 1);
    }
    struct scan scan = scan_octets(&view, 0x1000, file);
    size_t count = 0;
    while (scan_next(&scan, &record)) {
        count++;
    }
    cr_assert_eq(count, (FILE_SIZE - SEGMENT_HEADER) / 32);
    scan_start(&scan, 0x2000, &view);
    cr_assert_not(scan_next(&scan, &record));
    struct scan_tail tail = scan_tail(&scan);
    cr_assert(!tail.torn && !tail.damaged);
    view_finish(&view);
    fake_disk_finish(&fake);
    free(file);
}

/* A message may hold anything, also the octets of a mark; only those who know its position could
 * make it one. */
Test(segment, a_mark_inside_of_a_torn_record_is_one_only_at_its_own_position)
{
    enum { BODY = 1024 };
    struct fake_disk fake;
    uint8_t *file = calloc(1, FILE_SIZE), body[BODY];
    fake_disk_init(&fake);
    struct view view = {.disk = &fake.disk};
    for (int known = 0; known < 2; known++) {
        uint64_t first = 0x5000, guess = known ? first : 0;
        for (size_t at = 0; at < BODY; at += RECORD_MARK) {
            record_encode_mark(body + at, RECORD_BATCH_END,
                               guess + SEGMENT_HEADER + RECORD_HEADER + at, UINT32_MAX);
        }
        struct record record = {.position = first + SEGMENT_HEADER, .type = 1};
        record_encode(file + SEGMENT_HEADER, &record, &(struct slice){body, BODY}, 1);
        file[SEGMENT_HEADER] ^= 1;
        struct scan scan = scan_octets(&view, first, file);
        cr_assert_not(scan_next(&scan, &record));
        struct scan_tail tail = scan_tail(&scan);
        cr_assert(tail.torn);
        cr_assert_eq(tail.damaged, known == 1);
    }
    view_finish(&view);
    fake_disk_finish(&fake);
    free(file);
}
