#include "ctl/number.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return isdigit((unsigned char)c) != 0;
}

/* Behind a sign, if there is one. */
static const char *digits_of(const char *text)
{
    return text + (*text == '-' || *text == '+');
}

bool whole_of(const char *text, struct whole *out)
{
    char *end;
    if (!is_digit(*digits_of(text))) {
        return false;
    }
    errno = 0;
    out->number = strtoll(text, &end, 10);
    out->rest = end;
    return errno == 0;
}

bool octets_of(const struct whole *whole, unsigned long long *out)
{
    static const struct {
        const char *name;
        unsigned long long octets;
    } units[] = {{"", 1},
                 {"k", 1ull << 10},
                 {"kiB", 1ull << 10},
                 {"M", 1ull << 20},
                 {"MiB", 1ull << 20},
                 {"G", 1ull << 30},
                 {"GiB", 1ull << 30},
                 {"kB", 1000ull},
                 {"MB", 1000000ull},
                 {"GB", 1000000000ull}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(units[i].name, whole->rest) == 0) {
            *out = (unsigned long long)whole->number * units[i].octets;
            return whole->number >= 0 &&
                   (unsigned long long)whole->number <= LLONG_MAX / units[i].octets;
        }
    }
    return false;
}

bool fraction_of(const char *text, double *out)
{
    char *end;
    const char *digits = digits_of(text);
    const char *behind = digits + strspn(digits, "0123456789");
    bool well =
        behind > digits && (*behind != '.' || is_digit(behind[1])) && !strpbrk(digits, "xXpP");
    *out = strtod(text, &end);
    return well && !*end;
}
