#ifndef ADMIN_LOGIN_ATTEMPTS_H
#define ADMIN_LOGIN_ATTEMPTS_H

#include "base/slice.h"
#include "server/conn_view.h"

struct login_attempts;

/* Who has tried to log in to the management, by address and name, and with what success. Only so
 * many are remembered: those that tried last. */
enum { LOGIN_ATTEMPTS_MAX = 1000 };

struct login_attempt {
    struct slice address; // without a port
    struct slice user;    // as far as it could be read; the first 255 octets count
    bool succeeded;
};

/* What is remembered of an address and a name. */
struct login_attempt_row {
    struct slice address; // borrowed, as is the name, until the next attempt
    struct slice user;
    struct logins_view logins;
};

struct login_attempts *login_attempts_new(void);
void login_attempts_free(struct login_attempts *all); // NULL is fine

/* Takes note, and returns for how many milliseconds the answer is to be put off: of a login that
 * failed, twice as long each time that one from there for that name does, up to two seconds. */
uint32_t login_attempts_add(struct login_attempts *all, const struct login_attempt *attempt);

/* The row of this index: those that tried last come last. False if there are not so many. */
bool login_attempts_at(const struct login_attempts *all, size_t index,
                       struct login_attempt_row *out);

/* Forgets them all. */
void login_attempts_clear(struct login_attempts *all);

/* All logins of a protocol at the time when somebody last reset their number; written by him. */
enum login_protocol { LOGIN_AMQP, LOGIN_HTTP };
struct logins_view *login_attempts_before(struct login_attempts *all, enum login_protocol protocol);

#endif
