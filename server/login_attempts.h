#ifndef SERVER_LOGIN_ATTEMPTS_H
#define SERVER_LOGIN_ATTEMPTS_H

#include "base/slice.h"

struct login_attempts;

/* Who has tried to log in, over AMQP or over HTTP, and with what success: the one ledger of both.
 * Of the protocols all attempts are counted; of the sources, which are an address and a name, only
 * so many are remembered: those that tried last. */
enum { LOGIN_ATTEMPTS_MAX = 1000 };

enum login_protocol { LOGIN_AMQP, LOGIN_HTTP, LOGIN_PROTOCOL_COUNT };

struct login_attempt {
    struct slice address; // without a port
    struct slice user;    // as far as it could be read; the first 255 octets count
    enum login_protocol protocol;
    bool succeeded;
};

/* Logins of a kind that is known, whether they could be read or not. */
struct logins_view {
    uint64_t attempts;
    uint64_t failed; // of them
};

/* What is remembered of an address and a name. */
struct login_attempt_row {
    struct slice address; // borrowed, as is the name, until the next attempt
    struct slice user;
    struct logins_view logins[LOGIN_PROTOCOL_COUNT]; // by enum login_protocol
};

struct login_attempts *login_attempts_new(void);
void login_attempts_free(struct login_attempts *all); // NULL is fine

/* Takes note, and returns for how many milliseconds the answer is to be put off: of a login that
 * failed, twice as long each time that one from there for that name does, whatever the protocol,
 * up to two seconds. */
uint32_t login_attempts_add(struct login_attempts *all, const struct login_attempt *attempt);

/* All attempts of a protocol: ever, and since they were last reset. */
struct logins_view login_attempts_ever(const struct login_attempts *all,
                                       enum login_protocol protocol);
struct logins_view login_attempts_recent(const struct login_attempts *all,
                                         enum login_protocol protocol);
void login_attempts_reset(struct login_attempts *all); // of all protocols

/* The row of this index: those that tried last come last. False if there are not so many. */
bool login_attempts_at(const struct login_attempts *all, size_t index,
                       struct login_attempt_row *out);

/* Forgets the sources. */
void login_attempts_clear(struct login_attempts *all);

#endif
