#include "tests/unit/conf/kit.h"

#include "conf/choices.h"

static uint64_t number(const char *text, const char *allowed)
{
    uint64_t value;
    cr_assert(value_parse_number(format_slice(text), allowed, &value), "%s", text);
    return value;
}

static bool is_number(const char *text, const char *allowed)
{
    uint64_t value;
    return value_parse_number(format_slice(text), allowed, &value);
}

static uint64_t size(const char *text)
{
    uint64_t value;
    return value_parse_size(format_slice(text), "", &value) ? value : 7;
}

static uint64_t amount(const char *text)
{
    uint64_t value;
    return value_parse_amount(format_slice(text), "", &value) ? value : 7;
}

Test(value, numbers_are_in_a_range_or_a_word)
{
    cr_assert_eq(number("0", "0..65535"), 0);
    cr_assert_eq(number("65535", "0..65535"), 65535);
    cr_assert_not(is_number("65536", "0..65535"));
    cr_assert_eq(number("0", "0|4096..8192"), 0);
    cr_assert_not(is_number("1", "0|4096..8192"));
    cr_assert_eq(number("infinity", "1..9|infinity"), VALUE_UNLIMITED);
    cr_assert_not(is_number("infinity", "1..9"));
    cr_assert_eq(number("18446744073709551614", ""), UINT64_MAX - 1);
}

Test(value, what_is_not_a_whole_number_is_refused)
{
    static const char *const texts[] = {"",
                                        "abc",
                                        "1x",
                                        "-1",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "0x10",
                                        "1.0",
                                        "1..2",
                                        "18446744073709551615",
                                        "18446744073709551616",
                                        "99999999999999999999999"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_assert_not(is_number(texts[i], ""), "%s", texts[i]);
    }
}

Test(value, sizes_count_in_1024)
{
    cr_assert_eq(size("131072"), 131072);
    cr_assert_eq(size("128KB"), 131072);
    cr_assert_eq(size("128kb"), 131072);
    cr_assert_eq(size("1MB"), 1048576);
    cr_assert_eq(size("2gb"), 2147483648);
    static const char *const texts[] = {"",     "KB",  "1K",   "1Kb",  "1kB",
                                        "1KiB", "1TB", "1KBx", "1 KB", "99999999999999GB"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_assert_eq(size(texts[i]), 7, "%s", texts[i]);
    }
}

Test(value, amounts_count_in_1000_or_with_an_i_in_1024)
{
    cr_assert_eq(amount("50000000"), 50000000);
    cr_assert_eq(amount("50MB"), 50000000);
    cr_assert_eq(amount("2GB"), 2000000000);
    cr_assert_eq(amount("512MiB"), 536870912);
    cr_assert_eq(amount("1024M"), 1024000000);
    cr_assert_eq(amount("1Ki"), 1024);
    cr_assert_eq(amount("1kib"), 1024);
    cr_assert_eq(amount("2GiB"), 2147483648);
    cr_assert_eq(amount("1TB"), 1000000000000);
    cr_assert_eq(amount("1Pi"), 1125899906842624);
    static const char *const texts[] = {"",     "MB",   "1B",  "1i",    "1iB",
                                        "1MBB", "1 MB", "1XB", "1.5GB", "99999999PiB"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_assert_eq(amount(texts[i]), 7, "%s", texts[i]);
    }
}

Test(value, ratios_are_decimal)
{
    double value;
    cr_assert(value_parse_ratio(SLICE("0.4"), "0..1", &value));
    cr_assert_eq(value, 0.4);
    cr_assert(value_parse_ratio(SLICE("1"), "0..1", &value));
    cr_assert_eq(value, 1);
    cr_assert(value_parse_ratio(SLICE("2.5e-1"), "0..1", &value));
    cr_assert_eq(value, 0.25);
    static const char *const texts[] = {"",
                                        ".4",
                                        "0.",
                                        "-0.1",
                                        "1.1",
                                        "0x1",
                                        "nan",
                                        "inf",
                                        "1e",
                                        "0.4 ",
                                        "0.4%",
                                        "1e999",
                                        "0.11111111111111111111111111111111"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_assert_not(value_parse_ratio(format_slice(texts[i]), "0..1", &value), "%s", texts[i]);
    }
}

Test(value, a_choice_is_the_index_of_its_word)
{
    const char *levels = CHOICE_WORDS(LOG_LEVELS);
    cr_assert_eq(value_parse_choice(SLICE("debug"), levels), LEVEL_DEBUG);
    cr_assert_eq(value_parse_choice(SLICE("none"), levels), LEVEL_NONE);
    cr_assert_eq(value_parse_choice(SLICE("warn"), levels), CHOICE_UNSET);
    cr_assert_eq(value_parse_choice(SLICE(""), levels), CHOICE_UNSET);
    cr_assert(slice_eq(value_choice_word(levels, LEVEL_CRITICAL), SLICE("critical")));
    cr_assert_eq(value_choice_word(levels, CHOICE_UNSET).len, 0);
    cr_assert_eq(value_choice_word(levels, LEVEL_NONE + 1).len, 0);
}

Test(value, flags_are_true_or_false)
{
    bool value = false;
    cr_assert(value_parse_flag(SLICE("true"), &value) && value);
    cr_assert(value_parse_flag(SLICE("false"), &value) && !value);
    cr_assert_not(value_parse_flag(SLICE("True"), &value));
    cr_assert_not(value_parse_flag(SLICE("on"), &value));
}

Test(value, a_text_has_a_length_or_is_a_word)
{
    cr_assert(value_text_allowed(SLICE(""), ""));
    cr_assert_not(value_text_allowed(SLICE(""), "1..3"));
    cr_assert(value_text_allowed(SLICE("abc"), "1..3"));
    cr_assert_not(value_text_allowed(SLICE("abcd"), "1..3"));
    cr_assert(value_text_allowed(SLICE("tlsv1.2"), "tlsv1.3|tlsv1.2"));
    cr_assert_not(value_text_allowed(SLICE("tlsv1"), "tlsv1.3|tlsv1.2"));
}
