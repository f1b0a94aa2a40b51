#ifndef BROKER_USER_H
#define BROKER_USER_H

#include "base/slice.h"

struct broker;
struct effects;

/* The accounts of the internal database. The core keeps password hashes but does not compute
 * them: the shell hashes what a client sent and compares (server/auth). A hash is RabbitMQ's: the
 * salt's 4 octets, then the digest of salt and password. */
enum password_hashing { HASHING_SHA256, HASHING_SHA512, HASHING_MD5 };

struct user {
    struct slice name;          // borrowed from the broker until the user changes
    struct slice password_hash; // salt and digest; empty: no password logs in
    enum password_hashing hashing;
    struct slice tags; // comma-separated: "administrator,monitoring"
};

/* Creates the user, or replaces hash and tags of the one with this name. Copies. */
void broker_put_user(struct broker *broker, const struct user *user, struct effects *fx);

/* The user and its permissions; nothing if there is none. Sessions of the user that are open have
 * no rights any more; it is the shell's to end them. */
void broker_delete_user(struct broker *broker, struct slice name, struct effects *fx);

/* False if there is none. */
bool broker_find_user(const struct broker *broker, struct slice name, struct user *out);

/* True if the comma-separated tags of the user contain this one. */
bool user_has_tag(const struct user *user, struct slice tag);

#endif
