/* The digests are OpenSSL's low-level functions on purpose: the one-shot ones that are not
 * deprecated load OpenSSL's providers at their first call, which costs a broker without TLS some
 * two megabytes. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "server/auth.h"

#include <openssl/md5.h>
#include <openssl/sha.h>
#include <stdlib.h>

#include "base/list.h"
#include "base/memory.h"
#include "broker/broker.h"
#include "server/random.h"

struct restricted {
    struct list_node link; // auth.restricted
    size_t len;
    uint8_t name[];
};

struct auth {
    const struct broker *broker; // borrowed
    struct list restricted;      // struct restricted.link
};

static size_t digest_sha256(const uint8_t *salt, struct slice password, uint8_t *out)
{
    SHA256_CTX ctx;
    SHA256_Init(&ctx);
    SHA256_Update(&ctx, salt, PASSWORD_SALT_SIZE);
    SHA256_Update(&ctx, password.ptr, password.len);
    SHA256_Final(out, &ctx);
    return SHA256_DIGEST_LENGTH;
}

static size_t digest_sha512(const uint8_t *salt, struct slice password, uint8_t *out)
{
    SHA512_CTX ctx;
    SHA512_Init(&ctx);
    SHA512_Update(&ctx, salt, PASSWORD_SALT_SIZE);
    SHA512_Update(&ctx, password.ptr, password.len);
    SHA512_Final(out, &ctx);
    return SHA512_DIGEST_LENGTH;
}

static size_t digest_md5(const uint8_t *salt, struct slice password, uint8_t *out)
{
    MD5_CTX ctx;
    MD5_Init(&ctx);
    MD5_Update(&ctx, salt, PASSWORD_SALT_SIZE);
    MD5_Update(&ctx, password.ptr, password.len);
    MD5_Final(out, &ctx);
    return MD5_DIGEST_LENGTH;
}

static size_t digest(enum password_hashing hashing, const uint8_t *salt, struct slice password,
                     uint8_t *out)
{
    switch (hashing) {
    case HASHING_SHA256:
        return digest_sha256(salt, password, out);
    case HASHING_SHA512:
        return digest_sha512(salt, password, out);
    case HASHING_MD5:
        return digest_md5(salt, password, out);
    }
    CHECK(false && "an unknown password hashing");
    return 0;
}

size_t password_hash(enum password_hashing hashing, const uint8_t salt[PASSWORD_SALT_SIZE],
                     struct slice password, uint8_t out[PASSWORD_HASH_MAX])
{
    memcpy(out, salt, PASSWORD_SALT_SIZE);
    return PASSWORD_SALT_SIZE + digest(hashing, salt, password, out + PASSWORD_SALT_SIZE);
}

size_t password_hash_new(enum password_hashing hashing, struct slice password,
                         uint8_t out[PASSWORD_HASH_MAX])
{
    uint8_t salt[PASSWORD_SALT_SIZE];
    random_fill(salt, sizeof salt);
    return password_hash(hashing, salt, password, out);
}

/* Takes the same time wherever the first difference is. */
static bool equal_in_constant_time(const uint8_t *a, const uint8_t *b, size_t len)
{
    volatile uint8_t difference = 0;
    for (size_t i = 0; i < len; i++) {
        difference = difference | (uint8_t)(a[i] ^ b[i]);
    }
    return difference == 0;
}

bool password_matches(enum password_hashing hashing, struct slice hash, struct slice password)
{
    if (hash.len < PASSWORD_SALT_SIZE) {
        return false;
    }
    uint8_t expected[PASSWORD_HASH_MAX];
    size_t len = password_hash(hashing, hash.ptr, password, expected);
    return len == hash.len && equal_in_constant_time(expected, hash.ptr, len);
}

struct auth *auth_new(const struct broker *broker)
{
    struct auth *auth = memory_new(sizeof *auth);
    auth->broker = broker;
    list_init(&auth->restricted);
    return auth;
}

void auth_free(struct auth *auth)
{
    if (!auth) {
        return;
    }
    struct list_node *node;
    while ((node = list_first(&auth->restricted))) {
        list_unlink(node);
        free(container_of(node, struct restricted, link));
    }
    free(auth);
}

static bool restricted_to_loopback(const struct auth *auth, struct slice user)
{
    list_each(it, &auth->restricted) {
        const struct restricted *entry = container_of(it, struct restricted, link);
        if (slice_eq((struct slice){entry->name, entry->len}, user)) {
            return true;
        }
    }
    return false;
}

void auth_restrict_to_loopback(struct auth *auth, struct slice user)
{
    if (restricted_to_loopback(auth, user)) {
        return;
    }
    struct restricted *entry = memory_new(sizeof *entry + user.len);
    entry->len = user.len;
    slice_copy(entry->name, user);
    list_push(&auth->restricted, &entry->link);
}

static bool on_password_matches(void *context, struct slice name, struct slice password)
{
    const struct auth *auth = context;
    struct user user;
    return broker_find_user(auth->broker, name, &user) &&
           password_matches(user.hashing, user.password_hash, password);
}

static bool on_remote_allowed(void *context, struct slice user)
{
    return !restricted_to_loopback(context, user);
}

struct authenticator auth_authenticator(struct auth *auth)
{
    return (struct authenticator){.context = auth,
                                  .password_matches = on_password_matches,
                                  .remote_allowed = on_remote_allowed};
}
