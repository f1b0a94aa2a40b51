#include "conf/value.h"

#include <stdlib.h>

#include "conf/choices.h"

static struct slice cut(struct slice text, size_t from, size_t to)
{
    return (struct slice){text.ptr + from, to - from};
}

bool value_next_alternative(const char **allowed, struct slice *alternative)
{
    const char *at = *allowed;
    if (*at == '\0') {
        return false;
    }
    size_t len = strcspn(at, "|");
    *alternative = (struct slice){(const uint8_t *)at, len};
    *allowed = at + len + (at[len] == '|');
    return true;
}

static bool parse_digits(struct slice text, uint64_t *value)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        uint64_t digit = (uint64_t)text.ptr[i] - '0';
        if (sum > (UINT64_MAX - digit) / 10) {
            return false;
        }
        sum = sum * 10 + digit;
    }
    *value = sum;
    return text.len > 0;
}

bool value_range(struct slice alternative, uint64_t *min, uint64_t *max)
{
    for (size_t i = 0; i + 2 <= alternative.len; i++) {
        if (slice_eq(cut(alternative, i, i + 2), SLICE(".."))) {
            return parse_digits(cut(alternative, 0, i), min) &&
                   parse_digits(cut(alternative, i + 2, alternative.len), max);
        }
    }
    return parse_digits(alternative, min) && parse_digits(alternative, max);
}

static bool number_allowed(uint64_t value, const char *allowed)
{
    bool any = *allowed == '\0' && value != VALUE_UNLIMITED;
    struct slice alternative;
    while (value_next_alternative(&allowed, &alternative)) {
        uint64_t min, max;
        any |= value_range(alternative, &min, &max) && value >= min && value <= max;
    }
    return any;
}

static bool is_word_of(struct slice text, const char *allowed)
{
    struct slice alternative;
    uint64_t min, max;
    while (value_next_alternative(&allowed, &alternative)) {
        if (!value_range(alternative, &min, &max) && slice_eq(text, alternative)) {
            return true;
        }
    }
    return false;
}

bool value_parse_flag(struct slice text, bool *value)
{
    *value = slice_eq(text, SLICE("true"));
    return *value || slice_eq(text, SLICE("false"));
}

bool value_parse_number(struct slice text, const char *allowed, uint64_t *value)
{
    if (is_word_of(text, allowed)) {
        *value = VALUE_UNLIMITED;
        return true;
    }
    return parse_digits(text, value) && number_allowed(*value, allowed);
}

static bool multiply(uint64_t base, unsigned power, uint64_t *value)
{
    for (; power > 0; power--) {
        if (*value > UINT64_MAX / base) {
            return false;
        }
        *value *= base;
    }
    return true;
}

static struct slice take_digits(struct slice *text)
{
    size_t len = 0;
    while (len < text->len && text->ptr[len] >= '0' && text->ptr[len] <= '9') {
        len++;
    }
    struct slice digits = {text->ptr, len};
    *text = cut(*text, len, text->len);
    return digits;
}

/* Takes one of the characters off the front of text; its index counted from 1, or 0. */
static unsigned take_one_of(struct slice *text, const char *characters)
{
    const char *found = text->len > 0 ? strchr(characters, text->ptr[0]) : NULL;
    if (!found || *found == '\0') {
        return 0;
    }
    *text = cut(*text, 1, text->len);
    return (unsigned)(found - characters) + 1;
}

bool value_parse_size(struct slice text, const char *allowed, uint64_t *value)
{
    if (!parse_digits(take_digits(&text), value)) {
        return false;
    }
    struct slice unit = text;
    unsigned lower = take_one_of(&text, "kmg");
    unsigned power = lower ? lower : take_one_of(&text, "KMG");
    if (power && !slice_eq(text, lower ? SLICE("b") : SLICE("B"))) {
        return false;
    }
    return (power || unit.len == 0) && multiply(1024, power, value) &&
           number_allowed(*value, allowed);
}

bool value_parse_amount(struct slice text, const char *allowed, uint64_t *value)
{
    if (!parse_digits(take_digits(&text), value)) {
        return false;
    }
    unsigned lower = take_one_of(&text, "kmgtp");
    unsigned power = lower ? lower : take_one_of(&text, "KMGTP");
    uint64_t base = power && take_one_of(&text, "iI") ? 1024 : 1000;
    if (power) {
        take_one_of(&text, "bB");
    }
    return text.len == 0 && multiply(base, power, value) && number_allowed(*value, allowed);
}

/* Digits, with a fraction and an exponent if wanted: neither hexadecimal nor infinite. */
static bool is_decimal(struct slice text)
{
    if (take_digits(&text).len == 0) {
        return false;
    }
    if (take_one_of(&text, ".") && take_digits(&text).len == 0) {
        return false;
    }
    if (take_one_of(&text, "eE")) {
        take_one_of(&text, "+-");
        if (take_digits(&text).len == 0) {
            return false;
        }
    }
    return text.len == 0;
}

bool value_parse_ratio(struct slice text, const char *allowed, double *value)
{
    char copy[32];
    uint64_t min = 0, max = UINT64_MAX;
    struct slice alternative;
    if (text.len >= sizeof copy || !is_decimal(text)) {
        return false;
    }
    slice_copy((uint8_t *)copy, text);
    copy[text.len] = '\0';
    *value = strtod(copy, NULL);
    if (value_next_alternative(&allowed, &alternative) && !value_range(alternative, &min, &max)) {
        return false;
    }
    return *value >= (double)min && *value <= (double)max;
}

int value_parse_choice(struct slice text, const char *allowed)
{
    struct slice alternative;
    for (int i = 0; value_next_alternative(&allowed, &alternative); i++) {
        if (slice_eq(text, alternative)) {
            return i;
        }
    }
    return CHOICE_UNSET;
}

struct slice value_choice_word(const char *allowed, int index)
{
    struct slice alternative;
    for (int i = 0; value_next_alternative(&allowed, &alternative); i++) {
        if (i == index) {
            return alternative;
        }
    }
    return (struct slice){NULL, 0};
}

bool value_text_allowed(struct slice text, const char *allowed)
{
    return *allowed == '\0' || is_word_of(text, allowed) || number_allowed(text.len, allowed);
}
