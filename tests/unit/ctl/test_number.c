#include "ctl/number.h"

#include <criterion/criterion.h>

#define OCTETS(text, wanted)                                                                       \
    do {                                                                                           \
        struct whole whole;                                                                        \
        unsigned long long octets = 0;                                                             \
        cr_expect(whole_of(text, &whole) && octets_of(&whole, &octets), "%s", text);               \
        cr_expect_eq(octets, wanted, "%s is %llu", text, octets);                                  \
    } while (0)

Test(number, octets_have_the_units_of_rabbitmqs_tools)
{
    OCTETS("1000", 1000);
    OCTETS("0", 0);
    OCTETS("1k", 1024);
    OCTETS("2kiB", 2048);
    OCTETS("1kB", 1000);
    OCTETS("1M", 1048576);
    OCTETS("1MB", 1000000);
    OCTETS("3G", 3221225472);
    OCTETS("3GiB", 3221225472);
    OCTETS("3GB", 3000000000);
}

Test(number, what_is_no_number_of_octets_is_refused)
{
    static const char *const texts[] = {"1XB", "1.5GB", "1 GB", "-1", "1gb", "9000000000G"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct whole whole;
        unsigned long long octets;
        cr_expect(whole_of(texts[i], &whole), "%s", texts[i]);
        cr_expect_not(octets_of(&whole, &octets), "%s", texts[i]);
    }
}

Test(number, a_text_without_a_number_in_front_is_no_whole_number)
{
    static const char *const texts[] = {"", "x1", " 1", "-", "99999999999999999999"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct whole whole;
        cr_expect_not(whole_of(texts[i], &whole), "%s", texts[i]);
    }
}

Test(number, a_fraction_has_digits_on_both_sides_of_its_dot)
{
    static const char *const wrong[] = {"", ".4", "4.", "0.4x", "x", "0x10", " 1", "1 ", "inf"};
    double value;
    cr_expect(fraction_of("0.4", &value) && value == 0.4);
    cr_expect(fraction_of("1", &value) && value == 1);
    cr_expect(fraction_of("-0.1", &value) && value == -0.1);
    cr_expect(fraction_of("1.5e2", &value) && value == 150);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_expect_not(fraction_of(wrong[i], &value), "%s", wrong[i]);
    }
}
