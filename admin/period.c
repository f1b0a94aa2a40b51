#include "admin/period.h"

enum { STEPS_MAX = 500 };

/* False if it is no number, or none that a time could be. */
static bool read_number(struct slice text, int64_t *out)
{
    enum { DIGITS_MAX = 12 };
    bool negative = text.len > 0 && text.ptr[0] == '-';
    int64_t number = 0;
    if (text.len == negative || text.len > DIGITS_MAX) {
        return false;
    }
    for (size_t i = negative; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        number = number * 10 + (text.ptr[i] - '0');
    }
    *out = negative ? -number : number;
    return true;
}

static bool refuse(struct slice age, struct slice step, struct reply *reply)
{
    struct text text;
    text_clear(&text);
    text_format(&text, "Invalid range parameters: age %s, incr %s", age, step);
    reply_error(reply, HTTP_BAD_REQUEST, "bad_request", text_slice(&text));
    return false;
}

bool period_parse(const struct target *target, const struct period_names *names, uint64_t now_ms,
                  struct period *out, struct reply *reply)
{
    struct slice age_text = target_parameter(target, names->age);
    struct slice step_text = target_parameter(target, names->step);
    int64_t age, step;
    *out = (struct period){.step_ms = 0};
    if (!read_number(age_text, &age) || !read_number(step_text, &step)) {
        return true;
    }
    if (age <= 0 || step <= 0 || age / step > STEPS_MAX || (uint64_t)age > now_ms / 1000 ||
        (uint64_t)step > now_ms / 1000) {
        return refuse(age_text, step_text, reply);
    }
    out->step_ms = (uint64_t)step * 1000;
    out->last_ms = now_ms - now_ms % out->step_ms;
    uint64_t age_ms = (uint64_t)age * 1000;
    out->first_ms = out->last_ms > age_ms ? out->last_ms - age_ms : 0;
    return true;
}

struct period period_reaching(struct period period, uint64_t now_ms)
{
    if (period.step_ms > 0 && now_ms > period.last_ms) {
        period.first_ms += period.step_ms;
        period.last_ms += period.step_ms;
    }
    return period;
}
