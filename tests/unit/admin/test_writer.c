#include "admin/writer.h"

#include <criterion/criterion.h>

static void write_sample(struct writer *w)
{
    write_object(w, NULL);
    write_str(w, "name", "q\"1");
    write_object(w, "stats");
    write_u64(w, "publish", UINT64_MAX);
    write_object(w, "publish_details");
    write_real(w, "rate", 0.5);
    write_end(w);
    write_end(w);
    write_array(w, "list");
    write_object(w, NULL);
    write_i64(w, "port", INT64_MIN);
    write_truth(w, "on", true);
    write_end(w);
    write_end(w);
    write_null(w, "none");
    write_real(w, "whole", 3);
    write_end(w);
}

static void expect(const char *columns, const char *wanted)
{
    struct bytes out = {0};
    struct columns chosen;
    struct writer w;
    columns_parse((struct slice){(const uint8_t *)columns, strlen(columns)}, &chosen);
    writer_init(&w, &out, &chosen);
    write_sample(&w);
    bytes_add_u8(&out, '\0');
    cr_assert_str_eq((const char *)out.ptr, wanted);
    bytes_finish(&out);
}

Test(writer, writes_everything_if_nothing_is_chosen)
{
    expect("", "{\"name\":\"q\\\"1\",\"stats\":{\"publish\":18446744073709551615,"
               "\"publish_details\":{\"rate\":0.5}},"
               "\"list\":[{\"port\":-9223372036854775808,\"on\":true}],\"none\":null,"
               "\"whole\":3.0}");
}

Test(writer, leaves_out_what_is_not_chosen)
{
    expect("name", "{\"name\":\"q\\\"1\"}");
    expect("stats.publish_details.rate,none",
           "{\"stats\":{\"publish_details\":{\"rate\":0.5}},\"none\":null}");
    expect("stats", "{\"stats\":{\"publish\":18446744073709551615,"
                    "\"publish_details\":{\"rate\":0.5}}}");
    expect("list.on", "{\"list\":[{\"on\":true}]}");
    expect("nope", "{}");
    expect("stats.nope", "{\"stats\":{}}");
}

static struct scalar capture(const char *column)
{
    struct columns chosen;
    struct scalar found;
    struct writer w;
    columns_parse_one((struct slice){(const uint8_t *)column, strlen(column)}, &chosen);
    writer_init_capture(&w, &chosen, &found);
    write_sample(&w);
    return found;
}

Test(writer, finds_a_single_value_to_sort_by)
{
    cr_assert_eq(capture("stats.publish_details.rate").kind, SCALAR_NUMBER);
    cr_assert_float_eq(capture("stats.publish_details.rate").number, 0.5, 0);
    cr_assert(slice_eq(capture("name").text, SLICE("q\"1")));
    cr_assert_eq(capture("nope").kind, SCALAR_NOTHING);
    cr_assert_eq(capture("name.x").kind, SCALAR_NOTHING);
}

static void expect_real(double value, const char *wanted)
{
    struct bytes out = {0};
    struct writer w;
    writer_init(&w, &out, NULL);
    write_real(&w, NULL, value);
    bytes_add_u8(&out, '\0');
    cr_expect_str_eq((const char *)out.ptr, wanted);
    bytes_finish(&out);
}

Test(writer, writes_a_real_number_with_a_point)
{
    expect_real(0, "0.0");
    expect_real(0.2, "0.2");
    expect_real(1 / 5.0 + 2 / 5.0, "0.6");
    expect_real(123456.7, "123456.7");
    expect_real(10, "10.0");
    expect_real(-0.2, "-0.2");
    expect_real(0.25, "0.25");
    expect_real(1 / 3.0, "0.333333333333333");
    expect_real(1e15, "1e+15");
    expect_real(0 / 0.0, "0.0");
}
