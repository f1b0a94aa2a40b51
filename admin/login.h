#ifndef ADMIN_LOGIN_H
#define ADMIN_LOGIN_H

#include "base/bytes.h"
#include "broker/user.h"

struct authenticator;
struct broker;
struct login_memory;
struct request;

/* Who sends a request. What was right once is remembered by a fingerprint under a secret key, so
 * that the next request with the same credentials costs no password hash; it is forgotten when
 * the user's password changes or the user is gone. */
struct login_memory *login_memory_new(void);
void login_memory_free(struct login_memory *memory);

enum login_outcome {
    LOGIN_OK,
    LOGIN_MISSING, // no credentials of a kind that we know
    LOGIN_REFUSED, // wrong ones
    LOGIN_REMOTE,  // right ones, of a user that may only come from this machine
};

struct login_check {
    const struct broker *broker;
    const struct authenticator *authenticator;
    bool loopback;
};

/* Fills *user (borrowed from the broker) if that is LOGIN_OK. `authorization` is the header. The
 * name in it, as far as it can be read, is appended to *name. */
enum login_outcome login_check(struct login_memory *memory, const struct login_check *check,
                               struct slice authorization, struct user *user, struct bytes *name);

#endif
