#ifndef SERVER_AUTH_H
#define SERVER_AUTH_H

#include "broker/user.h"
#include "server/engine.h"

struct auth;
struct broker;

/* Who may log in: RabbitMQ's salted password hashes, compared in constant time, and the list of
 * users that may only come from the loopback interface. */
enum { PASSWORD_SALT_SIZE = 4, PASSWORD_HASH_MAX = PASSWORD_SALT_SIZE + 64 };

/* Writes salt and digest of salt and password to `out` and returns how many octets that is. */
size_t password_hash(enum password_hashing hashing, const uint8_t salt[PASSWORD_SALT_SIZE],
                     struct slice password, uint8_t out[PASSWORD_HASH_MAX]);

/* The same with a salt of its own from the kernel. */
size_t password_hash_new(enum password_hashing hashing, struct slice password,
                         uint8_t out[PASSWORD_HASH_MAX]);

/* True if the hash was made of this password. False for an empty or malformed hash. */
bool password_matches(enum password_hashing hashing, struct slice hash, struct slice password);

struct auth *auth_new(const struct broker *broker); // borrows the broker, for as long as it lives
void auth_free(struct auth *auth);

/* This user may log in from the loopback interface only. Copies. */
void auth_restrict_to_loopback(struct auth *auth, struct slice user);

/* What the engine asks, answered by `auth`, which must live as long as the engine. */
struct authenticator auth_authenticator(struct auth *auth);

#endif
