#include "admin/credential.h"

#include "broker/pattern.h"
#include "conf/format.h"
#include "conf/settings.h"

static bool matches(const char *source, struct slice password, struct text *why)
{
    struct pattern *pattern = pattern_new(format_slice(source), why);
    if (!pattern) {
        return false;
    }
    bool fits = pattern_matches(pattern, password);
    pattern_free(pattern);
    if (!fits) {
        text_add_str(why, "provided password does not match the validator regular expression");
    }
    return fits;
}

bool credential_fits(const struct settings *settings, struct slice password, struct text *why)
{
    text_clear(why);
    switch ((enum credential_validator)settings->credential_validator) {
    case VALIDATOR_NONE:
        break;
    case VALIDATOR_LENGTH:
        if (password.len < settings->credential_min_length) {
            text_format(why, "minimum required password length is %u",
                        settings->credential_min_length);
            return false;
        }
        break;
    case VALIDATOR_PATTERN:
        return matches(settings->credential_regexp, password, why);
    }
    return true;
}
