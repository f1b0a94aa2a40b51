#include "admin/exposition.h"

#include <criterion/criterion.h>

static struct bytes out;

static void stop(void)
{
    bytes_finish(&out);
}

TestSuite(exposition, .fini = stop);

static void expect_sample(struct slice label, uint64_t value, uint8_t digits, const char *line)
{
    struct exposition_labels labels = {.count = 0};
    if (label.ptr) {
        exposition_add_label(&labels, "queue", label);
    }
    out.len = 0;
    exposition_sample(
        &out,
        &(struct exposition_sample){
            .prefix = "a_", .name = "b", .labels = &labels, .value = value, .digits = digits});
    bytes_add_u8(&out, '\0');
    cr_expect_str_eq((const char *)out.ptr, line);
}

#define NO_LABEL ((struct slice){NULL, 0})

Test(exposition, tells_of_a_metric_before_its_samples)
{
    exposition_head(&out, &(struct exposition_head){"rabbitmq_", "queues", "Queues", "gauge"});
    bytes_add_u8(&out, '\0');
    cr_expect_str_eq((const char *)out.ptr, "# HELP rabbitmq_queues Queues\n"
                                            "# TYPE rabbitmq_queues gauge\n");
}

Test(exposition, writes_whole_numbers_of_any_size)
{
    expect_sample(NO_LABEL, 0, 0, "a_b 0\n");
    expect_sample(NO_LABEL, UINT64_MAX, 0, "a_b 18446744073709551615\n");
}

Test(exposition, writes_parts_of_a_unit_as_decimals)
{
    expect_sample(NO_LABEL, 12570, 3, "a_b 12.57\n");
    expect_sample(NO_LABEL, 1, 3, "a_b 0.001\n");
    expect_sample(NO_LABEL, 5000, 3, "a_b 5\n");
    expect_sample(NO_LABEL, 1000000001, 9, "a_b 1.000000001\n");
}

Test(exposition, escapes_what_would_end_a_label)
{
    expect_sample(SLICE("q \"1\"\\n\n\t"), 3, 0, "a_b{queue=\"q \\\"1\\\"\\\\n\\n\t\"} 3\n");
    expect_sample(SLICE(""), 3, 0, "a_b{queue=\"\"} 3\n");
}

Test(exposition, shows_what_is_not_utf8_by_a_replacement)
{
    expect_sample(SLICE("\xc3\xa4\xff.\xe2\x82"), 1, 0,
                  "a_b{queue=\"\xc3\xa4\xef\xbf\xbd.\xef\xbf\xbd\xef\xbf\xbd\"} 1\n");
}

Test(exposition, separates_labels_and_appends_a_suffix)
{
    struct exposition_labels labels = {.count = 0};
    exposition_add_label(&labels, "x", SLICE("1"));
    exposition_add_label(&labels, "le", SLICE("+Inf"));
    exposition_sample(
        &out, &(struct exposition_sample){
                  .prefix = "", .name = "c", .suffix = "_bucket", .labels = &labels, .value = 7});
    bytes_add_u8(&out, '\0');
    cr_expect_str_eq((const char *)out.ptr, "c_bucket{x=\"1\",le=\"+Inf\"} 7\n");
}
