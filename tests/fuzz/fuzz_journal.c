#include "tests/fuzz/fuzz.h"

#include <fcntl.h>

#include "base/check.h"
#include "base/wire.h"
#include "persist/crc32c.h"
#include "persist/journal.h"
#include "tests/unit/persist/fake_disk.h"

/* Every segment leaves room for the record that ends it. */
enum { SEGMENTS = 2, SIZE = 4096, END = SIZE - RECORD_MARK };

/* The input is a small program that writes the segments: records, marks and octets that are none,
 * and then changes octets here and there. */
static size_t write_record(uint8_t *to, size_t at, uint64_t first, struct wire_reader *program)
{
    uint8_t type = wire_get_u8(program);
    struct slice payload = wire_get_bytes(program, wire_get_u8(program) % 64);
    if (at + record_size(payload.len) > END) {
        return SIZE;
    }
    struct record record = {.position = first + at, .type = type};
    record_encode(to + at, &record, &payload, 1);
    return at + record_size(payload.len);
}

static size_t write_mark(uint8_t *to, size_t at, uint64_t first, struct wire_reader *program)
{
    enum record_type type = wire_get_u8(program) % 8 ? RECORD_BATCH_END : RECORD_SEGMENT_END;
    uint64_t durable = wire_get_u16(program);
    if (at + RECORD_MARK > (type == RECORD_SEGMENT_END ? SIZE : END)) {
        return SIZE;
    }
    record_encode_mark(to + at, type, first + at, durable);
    return at + RECORD_MARK;
}

static void write_segment(uint8_t *to, uint64_t first, struct wire_reader *program)
{
    struct segment_header header = {.store_id = "fuzz", .first = first, .size = SIZE};
    segment_encode(to, &header);
    for (size_t at = SEGMENT_HEADER; at < SIZE && !program->bad;) {
        switch (wire_get_u8(program) % 8) {
        case 0:
            at = SIZE;
            break;
        case 1:
            at = write_mark(to, at, first, program);
            break;
        case 2:
            at += wire_get_u8(program) & 0xf8;
            break;
        default:
            at = write_record(to, at, first, program);
        }
    }
    for (unsigned changes = wire_get_u8(program) % 8; changes > 0; changes--) {
        size_t at = wire_get_u16(program) % SIZE;
        to[at] ^= wire_get_u8(program);
    }
}

static void write_files(struct disk *disk, struct wire_reader *program)
{
    disk->mkdir(disk, "/data");
    disk->mkdir(disk, "/data/journal");
    for (uint64_t i = 0; i < SEGMENTS; i++) {
        static const char *const paths[SEGMENTS] = {"/data/journal/0000000000000000.seg",
                                                    "/data/journal/0000000000001000.seg"};
        uint8_t content[SIZE] = {0};
        write_segment(content, i * SIZE, program);
        int fd = disk->open(disk, paths[i], O_RDWR | O_CREAT);
        CHECK(disk_write(disk, fd, (struct slice){content, SIZE}, 0) == 0);
        disk->fdatasync(disk, fd);
        disk->close(disk, fd);
    }
    disk->sync_directory(disk, "/data/journal");
    disk->sync_directory(disk, "/data");
    disk->sync_directory(disk, "/");
}

/* What a start hands out. */
struct story {
    uint64_t records, last;
    uint32_t sum;
};

static int on_record(void *arg, const struct record *record)
{
    struct story *story = arg;
    CHECK(record->position > story->last && record->type <= RECORD_OWNER_LAST);
    story->records++;
    story->last = record->position;
    story->sum = crc32c(story->sum, record->payload);
    return 0;
}

static struct story start(struct fake_disk *fake, const struct journal_options *how)
{
    struct story story = {0};
    struct journal_options options = *how;
    struct journal_recovery recovery = {.apply = on_record, .arg = &story};
    struct journal_report report;
    struct journal *journal;
    struct fault fault;
    options.disk = &fake->disk;
    options.dir = "/data";
    options.holder = "the fuzzer";
    options.segment_size = SIZE;
    options.threadless = true;
    CHECK(journal_open(&journal, &options, &fault) == 0);
    CHECK(journal_recover(journal, &recovery, &report, &fault) == 0);
    CHECK(report.records == story.records && report.missing_count == 0);
    fake->off = true; // what was written stays, and nothing is ended in good order
    journal_close(journal);
    fake_disk_kill(fake);
    return story;
}

static void check_same(struct story a, struct story b)
{
    CHECK(a.records == b.records && a.last == b.last && a.sum == b.sum);
}

/* Whatever is in the segments: looking at it, salvage, and the start after that agree. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_reader program = wire_reader_of((struct slice){data, size});
    struct fake_disk fake;
    fake_disk_init(&fake);
    write_files(&fake.disk, &program);
    struct story looked = start(&fake, &(struct journal_options){.read_only = true});
    struct story salvaged = start(&fake, &(struct journal_options){.salvage = true});
    struct story after = start(&fake, &(struct journal_options){0});
    check_same(looked, salvaged);
    check_same(salvaged, after);
    fake_disk_finish(&fake);
    return 0;
}
