#include "server/sasl.h"

#include "amqp/table.h"

enum sasl_mechanism sasl_mechanism_of(struct slice name)
{
    static const struct {
        struct slice name;
        enum sasl_mechanism mechanism;
    } known[] = {
        {{(const uint8_t *)"PLAIN", 5}, SASL_PLAIN},
        {{(const uint8_t *)"AMQPLAIN", 8}, SASL_AMQPLAIN},
        {{(const uint8_t *)"EXTERNAL", 8}, SASL_EXTERNAL},
        {{(const uint8_t *)"ANONYMOUS", 9}, SASL_ANONYMOUS},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (slice_eq(known[i].name, name)) {
            return known[i].mechanism;
        }
    }
    return SASL_UNKNOWN;
}

/* Takes a NUL and what follows it up to the next NUL or the end. */
static bool take_element(struct slice *rest, struct slice *out)
{
    if (rest->len == 0 || rest->ptr[0] != 0) {
        return false;
    }
    const uint8_t *from = rest->ptr + 1;
    size_t room = rest->len - 1;
    const uint8_t *nul = room ? memchr(from, 0, room) : NULL;
    *out = (struct slice){from, nul ? (size_t)(nul - from) : room};
    *rest = (struct slice){from + out->len, room - out->len};
    return true;
}

/* RFC 4616, with an empty authorization identity, as RabbitMQ wants it: NUL user NUL password. */
static bool parse_plain(struct slice response, struct sasl_login *out)
{
    struct slice rest = response;
    return take_element(&rest, &out->user) && take_element(&rest, &out->password) && rest.len == 0;
}

static bool get_string(struct slice table, struct slice key, struct slice *out)
{
    struct field_value value;
    if (!table_get(table, key, &value) || value.type != 'S') {
        return false;
    }
    *out = value.bytes;
    return true;
}

/* A field table without its length, with the entries LOGIN and PASSWORD. */
static bool parse_amqplain(struct slice response, struct sasl_login *out)
{
    return table_valid(response) && get_string(response, SLICE("LOGIN"), &out->user) &&
           get_string(response, SLICE("PASSWORD"), &out->password);
}

bool sasl_parse(enum sasl_mechanism mechanism, struct slice response, struct sasl_login *out,
                struct text *problem)
{
    text_clear(problem);
    switch (mechanism) {
    case SASL_PLAIN:
        if (!parse_plain(response, out)) {
            text_format(problem, "response invalid");
            return false;
        }
        return true;
    case SASL_AMQPLAIN:
        if (!parse_amqplain(response, out)) {
            text_format(problem, "AMQPLAIN auth info is missing LOGIN or PASSWORD field");
            return false;
        }
        return true;
    case SASL_EXTERNAL:
    case SASL_ANONYMOUS:
    case SASL_UNKNOWN:
        break;
    }
    *out = (struct sasl_login){0};
    return true;
}

const char *sasl_mechanism_name(enum sasl_mechanism mechanism)
{
    switch (mechanism) {
    case SASL_PLAIN:
        return "PLAIN";
    case SASL_AMQPLAIN:
        return "AMQPLAIN";
    case SASL_EXTERNAL:
        return "EXTERNAL";
    case SASL_ANONYMOUS:
        return "ANONYMOUS";
    case SASL_UNKNOWN:
        break;
    }
    return "";
}
