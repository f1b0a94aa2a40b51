#include "tests/unit/broker/story.h"

#include <stdarg.h>
#include <stdlib.h>

#include "amqp/table.h"
#include "base/memory.h"

static void story_keep(struct story *story, void *memory)
{
    bytes_add(&story->kept, (struct slice){(const uint8_t *)&memory, sizeof memory});
}

static void add_array(struct bytes *out, const char *words)
{
    struct bytes items = {0};
    while (*words) {
        size_t len = strcspn(words, ",");
        bytes_add_u8(&items, 'S');
        bytes_add_u32(&items, (uint32_t)len);
        bytes_add(&items, (struct slice){(const uint8_t *)words, len});
        words += len + (words[len] == ',');
    }
    bytes_add_u32(out, (uint32_t)items.len);
    bytes_add(out, bytes_slice(&items));
    bytes_finish(&items);
}

static void add_value(struct bytes *out, const char *value)
{
    bytes_add_u8(out, (uint8_t)value[0]);
    const char *text = value + 2;
    switch (value[0]) {
    case 'S':
        bytes_add_u32(out, (uint32_t)strlen(text));
        bytes_add(out, str(text));
        break;
    case 'I':
        bytes_add_u32(out, (uint32_t)strtol(text, NULL, 10));
        break;
    case 'l':
        bytes_add_u64(out, (uint64_t)strtoll(text, NULL, 10));
        break;
    case 't':
        bytes_add_u8(out, strcmp(text, "true") == 0);
        break;
    case 'A':
        add_array(out, text);
        break;
    case 'V':
        break;
    default:
        cr_assert_fail("story_table does not know the type %c", value[0]);
    }
}

struct slice story_table(struct story *story, ...)
{
    struct bytes table = {0};
    va_list args;
    va_start(args, story);
    const char *key;
    while ((key = va_arg(args, const char *))) {
        struct bytes raw = {0};
        add_value(&raw, va_arg(args, const char *));
        table_add_raw(&table, str(key), bytes_slice(&raw));
        bytes_finish(&raw);
    }
    va_end(args);
    story_keep(story, table.ptr);
    return bytes_slice(&table);
}

static bool shortstr_set(struct slice value)
{
    return value.ptr != NULL;
}

static bool number_set(uint64_t value)
{
    return value != 0;
}

#define table_set shortstr_set
#define u8_set number_set
#define u64_set number_set

struct slice story_properties(struct story *story, struct amqp_properties properties)
{
#define P(type, name)                                                                              \
    if (type##_set(properties.name)) {                                                             \
        properties.flags |= PROPERTY_##name;                                                       \
    }
    AMQP_BASIC_PROPERTIES(P)
#undef P
    uint8_t *out = memory_raw(4096);
    story_keep(story, out);
    size_t len = properties_encode(&properties, out, 4096);
    cr_assert_gt(len, 0);
    return (struct slice){out, len};
}
