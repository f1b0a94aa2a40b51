#define _GNU_SOURCE // open_memstream

#include "broker/death.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#include "amqp/table.h"

static struct slice str(const char *s)
{
    return (struct slice){(const uint8_t *)s, strlen(s)};
}

/* Tables as text: "key=Stext key=l5 key=[Sa Sb] key={key=Stext}". A value ends at a space or a
 * closing bracket. */
static const char *read_values(const char *at, struct bytes *out, bool keyed);

static const char *read_nested(const char *at, struct bytes *out)
{
    struct bytes content = {0};
    bytes_add_u8(out, *at == '{' ? 'F' : 'A');
    at = read_values(at + 1, &content, *at == '{') + 1;
    bytes_add_u32(out, (uint32_t)content.len);
    bytes_add(out, bytes_slice(&content));
    bytes_finish(&content);
    return at;
}

static const char *read_value(const char *at, struct bytes *out)
{
    if (*at == '{' || *at == '[') {
        return read_nested(at, out);
    }
    size_t len = strcspn(at, " ]}");
    bytes_add_u8(out, (uint8_t)*at);
    if (*at == 'S') {
        bytes_add_u32(out, (uint32_t)len - 1);
        bytes_add(out, (struct slice){(const uint8_t *)at + 1, len - 1});
    } else if (*at == 'I') {
        bytes_add_u32(out, (uint32_t)strtol(at + 1, NULL, 10));
    } else if (*at == 'l' || *at == 'T') {
        bytes_add_u64(out, (uint64_t)strtoll(at + 1, NULL, 10));
    } else {
        cr_assert_eq(*at, 'V');
    }
    return at + len;
}

static const char *read_values(const char *at, struct bytes *out, bool keyed)
{
    while (*at && *at != ']' && *at != '}') {
        if (keyed) {
            size_t len = strcspn(at, "=");
            bytes_add_u8(out, (uint8_t)len);
            bytes_add(out, (struct slice){(const uint8_t *)at, len});
            at += len + 1;
        }
        at = read_value(at, out);
        at += *at == ' ';
    }
    return at;
}

static void tell_table(FILE *out, struct slice table);

static void tell_value(FILE *out, const struct field_value *value)
{
    struct field_value item;
    struct wire_reader r = wire_reader_of(value->bytes);
    if (value->type == 'F') {
        fputc('{', out);
        tell_table(out, value->bytes);
        fputc('}', out);
    } else if (value->type == 'A') {
        for (const char *mark = "["; array_next(&r, &item); mark = " ") {
            fputs(mark, out);
            tell_value(out, &item);
        }
        fputs(value->bytes.len > 0 ? "]" : "[]", out);
    } else if (value->type == 'S') {
        fprintf(out, "S%.*s", (int)value->bytes.len, (const char *)value->bytes.ptr);
    } else if (value->type == 'V') {
        fputc('V', out);
    } else {
        fprintf(out, "%c%" PRId64, value->type, value->integer);
    }
}

static void tell_table(FILE *out, struct slice table)
{
    struct wire_reader r = wire_reader_of(table);
    struct slice key;
    struct field_value value;
    for (const char *mark = ""; table_next(&r, &key, &value); mark = " ") {
        fprintf(out, "%s%.*s=", mark, (int)key.len, (const char *)key.ptr);
        tell_value(out, &value);
    }
    cr_assert_not(r.bad);
}

/* In queue q, of a message sent to e with the keys k and c, at 1000. */
static struct death death_of(enum death_reason reason)
{
    static struct slice keys[2];
    keys[0] = SLICE("k");
    keys[1] = SLICE("c");
    return (struct death){.reason = reason,
                          .queue = SLICE("q"),
                          .exchange = SLICE("e"),
                          .routing_keys = keys,
                          .routing_key_count = 2,
                          .time_s = 1000};
}

static void expect_of(const struct death *death, const char *before, const char *dropped,
                      const char *after)
{
    struct bytes headers = {0}, out = {0};
    struct slice drop = str(dropped ? dropped : "");
    char *text = NULL;
    size_t len = 0;
    read_values(before, &headers, true);
    death_record(death, bytes_slice(&headers), &drop, dropped != NULL, &out);
    cr_assert(table_valid(bytes_slice(&out)));
    FILE *file = open_memstream(&text, &len);
    tell_table(file, bytes_slice(&out));
    fclose(file);
    cr_assert_str_eq(text, after);
    free(text);
    bytes_finish(&headers);
    bytes_finish(&out);
}

static void expect(enum death_reason reason, const char *before, const char *after)
{
    struct death death = death_of(reason);
    expect_of(&death, before, NULL, after);
}

static bool cycles(const char *headers, enum death_reason reason)
{
    struct bytes table = {0};
    read_values(headers, &table, true);
    bool is = death_is_cycle(bytes_slice(&table), reason, SLICE("q"));
    bytes_finish(&table);
    return is;
}

Test(death, the_first_has_its_entry_in_its_own_order_and_says_that_it_was_first)
{
    expect(DEATH_REJECTED, "",
           "x-death=[{count=l1 reason=Srejected queue=Sq time=T1000 exchange=Se "
           "routing-keys=[Sk Sc]}] x-first-death-exchange=Se x-first-death-queue=Sq "
           "x-first-death-reason=Srejected");
    expect(DEATH_MAXLEN, "",
           "x-death=[{count=l1 reason=Smaxlen queue=Sq time=T1000 exchange=Se "
           "routing-keys=[Sk Sc]}] x-first-death-exchange=Se x-first-death-queue=Sq "
           "x-first-death-reason=Smaxlen");
}

Test(death, remembers_the_expiration)
{
    struct death death = death_of(DEATH_EXPIRED);
    death.expiration_given = true;
    death.expiration = SLICE("+05");
    expect_of(&death, "", NULL,
              "x-death=[{count=l1 reason=Sexpired queue=Sq time=T1000 exchange=Se "
              "routing-keys=[Sk Sc] original-expiration=S+05}] x-first-death-exchange=Se "
              "x-first-death-queue=Sq x-first-death-reason=Sexpired");
    expect_of(&death, "x-death=[]", NULL,
              "x-death=[{count=l1 exchange=Se original-expiration=S+05 queue=Sq reason=Sexpired "
              "routing-keys=[Sk Sc] time=T1000}]");
}

Test(death, another_goes_in_front_sorted_and_leaves_the_others_alone)
{
    expect(DEATH_EXPIRED, "x-death=[{count=l1 reason=Srejected queue=Sq time=T9} {queue=Sp odd=V}]",
           "x-death=[{count=l1 exchange=Se queue=Sq reason=Sexpired routing-keys=[Sk Sc] "
           "time=T1000} {count=l1 reason=Srejected queue=Sq time=T9} {queue=Sp odd=V}]");
}

Test(death, one_of_the_same_kind_is_counted_up_and_comes_to_the_front)
{
    expect(DEATH_REJECTED,
           "x-death=[{count=l4 reason=Srejected queue=Sp} {count=l7 reason=Srejected queue=Sq "
           "time=T9 exchange=Sother odd=I3 routing-keys=[Sold]} {a=V}]",
           "x-death=[{count=l8 exchange=Sother odd=I3 queue=Sq reason=Srejected "
           "routing-keys=[Sold] time=T9} {count=l4 reason=Srejected queue=Sp} {a=V}]");
}

Test(death, all_of_the_same_kind_become_one)
{
    expect(DEATH_REJECTED,
           "x-death=[{reason=Srejected queue=Sq from=S1} {reason=Sexpired queue=Sq} "
           "{count=l5 reason=Srejected queue=Sq from=S2}]",
           "x-death=[{count=l7 from=S1 queue=Sq reason=Srejected} {reason=Sexpired queue=Sq}]");
}

Test(death, a_count_may_be_of_any_whole_type_and_counts_one_if_it_is_none)
{
    expect(DEATH_REJECTED, "x-death=[{count=I5 reason=Srejected queue=Sq}]",
           "x-death=[{count=l6 queue=Sq reason=Srejected}]");
    expect(DEATH_REJECTED, "x-death=[{reason=Srejected queue=Sq}]",
           "x-death=[{count=l2 queue=Sq reason=Srejected}]");
    expect(DEATH_REJECTED, "x-death=[{count=Smany reason=Srejected queue=Sq}]",
           "x-death=[{count=l2 queue=Sq reason=Srejected}]");
}

Test(death, of_another_queue_or_reason_is_another)
{
    expect(DEATH_MAXLEN, "x-death=[{reason=Smaxlen queue=Sqq} {reason=SMAXLEN queue=Sq} Sq]",
           "x-death=[{count=l1 exchange=Se queue=Sq reason=Smaxlen routing-keys=[Sk Sc] "
           "time=T1000} {reason=Smaxlen queue=Sqq} {reason=SMAXLEN queue=Sq} Sq]");
}

Test(death, an_x_death_that_is_no_array_is_replaced_and_there_is_no_first_death)
{
    expect(DEATH_REJECTED, "x-death=Sforeign",
           "x-death=[{count=l1 reason=Srejected queue=Sq time=T1000 exchange=Se "
           "routing-keys=[Sk Sc]}]");
}

Test(death, who_has_died_before_keeps_the_first_death)
{
    expect(DEATH_REJECTED,
           "x-death=[{count=l1 reason=Srejected queue=Sq}] x-first-death-queue=Sp z=V",
           "x-death=[{count=l2 queue=Sq reason=Srejected}] x-first-death-queue=Sp z=V");
}

Test(death, a_first_death_that_the_publisher_made_up_is_replaced)
{
    expect(DEATH_REJECTED,
           "x-first-death-reason=I1 x-first-death-queue=Sp x-first-death-exchange=S "
           "x-first-death-time=T1",
           "x-death=[{count=l1 reason=Srejected queue=Sq time=T1000 exchange=Se "
           "routing-keys=[Sk Sc]}] x-first-death-exchange=Se x-first-death-queue=Sq "
           "x-first-death-reason=Srejected x-first-death-time=T1");
}

Test(death, the_other_headers_are_sorted_and_stay_as_they_are)
{
    expect(DEATH_REJECTED,
           "z=V a=I2 x-e=S a=I1 B=[Sz {c=V b=V a=V}] b={z=I1 y=I2} "
           "x-death=[{count=l1 reason=Srejected queue=Sq}]",
           "B=[Sz {c=V b=V a=V}] a=I2 a=I1 b={z=I1 y=I2} "
           "x-death=[{count=l2 queue=Sq reason=Srejected}] x-e=S z=V");
}

Test(death, takes_out_the_headers_that_it_is_told_to)
{
    struct death death = death_of(DEATH_REJECTED);
    expect_of(&death, "CC=[Sa] x-death=[{reason=Srejected queue=Sq}] CCC=V", "CC",
              "CCC=V x-death=[{count=l2 queue=Sq reason=Srejected}]");
}

Test(cycle, is_a_way_back_without_a_reject)
{
    cr_assert(cycles("x-death=[{queue=Sq reason=Sexpired}]", DEATH_EXPIRED));
    cr_assert(cycles("x-death=[{queue=Sq reason=Smaxlen}]", DEATH_MAXLEN));
    cr_assert(
        cycles("x-death=[{queue=Sp reason=Sexpired} {queue=Sq reason=Smaxlen}]", DEATH_EXPIRED));
    cr_assert(
        cycles("x-death=[{queue=Sq reason=Sexpired} {queue=Sq reason=Srejected}]", DEATH_EXPIRED));
}

Test(cycle, is_none_if_a_consumer_took_part)
{
    cr_assert_not(cycles("x-death=[{queue=Sq reason=Srejected}]", DEATH_REJECTED));
    cr_assert_not(cycles("x-death=[{queue=Sq reason=Sexpired}]", DEATH_REJECTED));
    cr_assert_not(cycles("x-death=[{queue=Sq reason=Srejected}]", DEATH_EXPIRED));
    cr_assert_not(
        cycles("x-death=[{queue=Sp reason=Srejected} {queue=Sq reason=Sexpired}]", DEATH_EXPIRED));
    cr_assert_not(cycles("x-death=[{queue=Sp reason=Sexpired} {queue=Sp reason=Srejected} "
                         "{queue=Sq reason=Sexpired}]",
                         DEATH_EXPIRED));
}

Test(cycle, is_none_on_the_first_visit)
{
    cr_assert_not(cycles("", DEATH_EXPIRED));
    cr_assert_not(cycles("x-death=Sq", DEATH_EXPIRED));
    cr_assert_not(cycles("x-death=[{queue=Sp reason=Sexpired} {reason=Sexpired}]", DEATH_EXPIRED));
}
