#include "broker/pattern.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/memory.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Bounds what one match may cost, whatever the expression. */
enum { MATCH_STEPS_MAX = 1000000 };

struct pattern {
    struct bytes source;
    pcre2_code *code; // NULL: matches everything
    pcre2_match_data *match;
    pcre2_match_context *context;
};

static bool compile(struct pattern *pattern, struct slice source, struct text *error)
{
    int number;
    PCRE2_SIZE offset;
    struct slice code = source.len > 0 ? source : SLICE("^$");
    pattern->code = pcre2_compile(code.ptr, code.len, PCRE2_DOLLAR_ENDONLY, &number, &offset, NULL);
    if (!pattern->code) {
        PCRE2_UCHAR reason[128];
        pcre2_get_error_message(number, reason, sizeof reason);
        text_clear(error);
        text_add_str(error, (const char *)reason);
        return false;
    }
    pattern->match = pcre2_match_data_create(1, NULL);
    pattern->context = pcre2_match_context_create(NULL);
    CHECK(pattern->match && pattern->context);
    pcre2_set_match_limit(pattern->context, MATCH_STEPS_MAX);
    return true;
}

struct pattern *pattern_new(struct slice source, struct text *error)
{
    struct pattern *pattern = memory_new(sizeof *pattern);
    bool everything = slice_eq(source, SLICE(".*"));
    if (!everything && !compile(pattern, source, error)) {
        free(pattern);
        return NULL;
    }
    bytes_add(&pattern->source, source);
    return pattern;
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern) {
        return;
    }
    pcre2_code_free(pattern->code);
    pcre2_match_data_free(pattern->match);
    pcre2_match_context_free(pattern->context);
    bytes_finish(&pattern->source);
    free(pattern);
}

bool pattern_matches(const struct pattern *pattern, struct slice subject)
{
    if (!pattern->code) {
        return true;
    }
    static const uint8_t empty[1];
    const uint8_t *ptr = subject.len > 0 ? subject.ptr : empty;
    return pcre2_match(pattern->code, ptr, subject.len, 0, 0, pattern->match, pattern->context) >=
           0;
}

struct slice pattern_source(const struct pattern *pattern)
{
    return bytes_slice(&pattern->source);
}
