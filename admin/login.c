#include "admin/login.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "admin/base64.h"
#include "base/hash.h"
#include "base/memory.h"
#include "server/engine.h"
#include "server/random.h"

enum { ROWS = 64, FINGERPRINT_SIZE = 16, CREDENTIALS_MAX = 2048 };

/* Credentials that were right, and the password hash that they were right for. */
struct row {
    uint8_t fingerprint[FINGERPRINT_SIZE];
    struct bytes password_hash; // owned; empty: the row is free
};

struct login_memory {
    struct hash_key keys[2]; // two halves of a fingerprint
    struct row rows[ROWS];   // by the fingerprint
};

struct login_memory *login_memory_new(void)
{
    struct login_memory *memory = memory_new(sizeof *memory);
    random_fill((uint8_t *)memory->keys, sizeof memory->keys);
    return memory;
}

void login_memory_free(struct login_memory *memory)
{
    if (!memory) {
        return;
    }
    for (int i = 0; i < ROWS; i++) {
        bytes_finish(&memory->rows[i].password_hash);
    }
    free(memory);
}

static void take_fingerprint(const struct login_memory *memory, struct slice credentials,
                             uint8_t out[FINGERPRINT_SIZE])
{
    for (int i = 0; i < 2; i++) {
        uint64_t half = hash_bytes(memory->keys[i], credentials);
        memcpy(out + 8 * i, &half, sizeof half);
    }
}

/* The user and password in "Basic dXNlcjpwYXNzd29yZA==", in *octets. */
static bool read_basic(struct slice header, struct bytes *octets, struct slice *name,
                       struct slice *password)
{
    static const char scheme[] = "basic ";
    size_t at = sizeof scheme - 1;
    if (header.len < at || header.len > CREDENTIALS_MAX) {
        return false;
    }
    for (size_t i = 0; i < at; i++) {
        uint8_t octet = header.ptr[i];
        if ((octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet) != (uint8_t)scheme[i]) {
            return false;
        }
    }
    while (at < header.len && header.ptr[at] == ' ') {
        at++;
    }
    if (!base64_decode((struct slice){header.ptr + at, header.len - at}, octets)) {
        return false;
    }
    const uint8_t *colon = octets->len > 0 ? memchr(octets->ptr, ':', octets->len) : NULL;
    if (!colon) {
        return false;
    }
    size_t len = (size_t)(colon - octets->ptr);
    *name = (struct slice){octets->ptr, len};
    *password = (struct slice){colon + 1, octets->len - len - 1};
    return true;
}

/* Whether the credentials are those that were right for the hash that the user has now. */
static bool remembers(const struct row *row, const uint8_t fingerprint[FINGERPRINT_SIZE],
                      const struct user *user)
{
    return row->password_hash.len > 0 &&
           CRYPTO_memcmp(row->fingerprint, fingerprint, FINGERPRINT_SIZE) == 0 &&
           slice_eq(bytes_slice(&row->password_hash), user->password_hash);
}

static void remember(struct row *row, const uint8_t fingerprint[FINGERPRINT_SIZE],
                     const struct user *user)
{
    memcpy(row->fingerprint, fingerprint, FINGERPRINT_SIZE);
    row->password_hash.len = 0;
    bytes_add(&row->password_hash, user->password_hash);
}

static enum login_outcome check_password(struct login_memory *memory,
                                         const struct login_check *check,
                                         const struct slice credentials[3], struct user *user)
{
    uint8_t fingerprint[FINGERPRINT_SIZE];
    const struct authenticator *auth = check->authenticator;
    take_fingerprint(memory, credentials[0], fingerprint);
    struct row *row = &memory->rows[fingerprint[0] % ROWS];
    bool known = broker_find_user(check->broker, credentials[1], user);
    if (!known || !remembers(row, fingerprint, user)) {
        if (!auth->password_matches(auth->context, credentials[1], credentials[2])) {
            return LOGIN_REFUSED;
        }
        remember(row, fingerprint, user);
    }
    bool allowed = check->loopback || auth->remote_allowed(auth->context, credentials[1]);
    return allowed ? LOGIN_OK : LOGIN_REMOTE;
}

enum login_outcome login_check(struct login_memory *memory, const struct login_check *check,
                               struct slice authorization, struct user *user, struct bytes *name)
{
    struct bytes octets = {0};
    struct slice credentials[3];
    enum login_outcome outcome = LOGIN_MISSING;
    if (read_basic(authorization, &octets, &credentials[1], &credentials[2])) {
        credentials[0] = bytes_slice(&octets);
        bytes_add(name, credentials[1]);
        outcome = check_password(memory, check, credentials, user);
    }
    OPENSSL_cleanse(octets.ptr, octets.len);
    bytes_finish(&octets);
    return outcome;
}
