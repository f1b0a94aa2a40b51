#ifndef SERVER_SASL_H
#define SERVER_SASL_H

#include "base/text.h"

/* The SASL mechanisms: what a response says about who wants to log in. Whether it is true is
 * checked elsewhere. */
enum sasl_mechanism { SASL_PLAIN, SASL_AMQPLAIN, SASL_EXTERNAL, SASL_ANONYMOUS, SASL_UNKNOWN };

enum sasl_mechanism sasl_mechanism_of(struct slice name);

struct sasl_login {
    struct slice user;     // borrowed from the response; empty for EXTERNAL and ANONYMOUS
    struct slice password; // borrowed from the response
};

/* False, with a text, if the response is malformed. */
bool sasl_parse(enum sasl_mechanism mechanism, struct slice response, struct sasl_login *out,
                struct text *problem);

const char *sasl_mechanism_name(enum sasl_mechanism mechanism); // "PLAIN"; "" of an unknown one

#endif
