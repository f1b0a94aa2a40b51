#include "server/auth.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "broker/broker.h"

static const uint8_t salt[PASSWORD_SALT_SIZE] = {0x90, 0x8d, 0xc6, 0x0a};

static void expect_hash(enum password_hashing hashing, const char *hex)
{
    uint8_t hash[PASSWORD_HASH_MAX];
    char text[2 * PASSWORD_HASH_MAX + 1] = "";
    size_t len = password_hash(hashing, salt, SLICE("test12"), hash);
    for (size_t i = 0; i < len; i++) {
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    }
    cr_assert_str_eq(text, hex);
    cr_assert(password_matches(hashing, (struct slice){hash, len}, SLICE("test12")));
    cr_assert(!password_matches(hashing, (struct slice){hash, len}, SLICE("test13")));
    cr_assert(!password_matches(hashing, (struct slice){hash, len - 1}, SLICE("test12")));
}

/* The example of RabbitMQ's documentation of password hashes. */
Test(auth, hashes_with_sha256_as_rabbitmq_does)
{
    expect_hash(HASHING_SHA256,
                "908dc60aa5b924b3096b8897d65a3b5f80fa5db62a94b83122cdf4f8fead10d515d8f391");
}

Test(auth, hashes_with_md5)
{
    expect_hash(HASHING_MD5, "908dc60a1369b5ed850296055d2725fb474896e9");
}

Test(auth, hashes_with_sha512)
{
    expect_hash(HASHING_SHA512,
                "908dc60a1b8db8861ff2545b082c598e08cac2c635f67b3afae14ed33717441180fd"
                "71893d80fc396332ec407c4da3a60338cfd9aceff3819b20d6305f670359be031e77");
}

Test(auth, salts_each_new_hash_differently)
{
    uint8_t one[PASSWORD_HASH_MAX], two[PASSWORD_HASH_MAX];
    size_t len = password_hash_new(HASHING_SHA256, SLICE("secret"), one);
    cr_assert_eq(password_hash_new(HASHING_SHA256, SLICE("secret"), two), len);
    cr_assert_neq(memcmp(one, two, len), 0);
    cr_assert(password_matches(HASHING_SHA256, (struct slice){one, len}, SLICE("secret")));
    cr_assert(password_matches(HASHING_SHA256, (struct slice){two, len}, SLICE("secret")));
}

Test(auth, lets_nobody_in_by_an_empty_or_broken_hash)
{
    cr_assert(!password_matches(HASHING_SHA256, (struct slice){0}, SLICE("")));
    cr_assert(!password_matches(HASHING_SHA256, SLICE("abc"), SLICE("")));
    cr_assert(!password_matches(HASHING_SHA256, SLICE("abcd"), SLICE("")));
}

struct desk {
    struct broker *broker;
    struct auth *auth;
    struct authenticator authenticator;
};

static struct desk desk_new(void)
{
    struct desk desk = {.broker = broker_new(&(struct broker_options){.message_size_max = 1024})};
    uint8_t hash[PASSWORD_HASH_MAX];
    size_t len = password_hash_new(HASHING_SHA512, SLICE("pw"), hash);
    struct effects fx = {0};
    broker_put_user(desk.broker,
                    &(struct user){.name = SLICE("anna"),
                                   .password_hash = {hash, len},
                                   .hashing = HASHING_SHA512},
                    &fx);
    broker_put_user(desk.broker, &(struct user){.name = SLICE("ghost")}, &fx);
    effects_free(&fx);
    desk.auth = auth_new(desk.broker);
    auth_restrict_to_loopback(desk.auth, SLICE("guest"));
    desk.authenticator = auth_authenticator(desk.auth);
    return desk;
}

static void desk_free(struct desk *desk)
{
    auth_free(desk->auth);
    broker_free(desk->broker);
}

static bool may_enter(const struct desk *desk, struct slice user, struct slice password)
{
    return desk->authenticator.password_matches(desk->authenticator.context, user, password);
}

Test(auth, knows_the_users_of_the_broker)
{
    struct desk desk = desk_new();
    cr_assert(may_enter(&desk, SLICE("anna"), SLICE("pw")));
    cr_assert(!may_enter(&desk, SLICE("anna"), SLICE("PW")));
    cr_assert(!may_enter(&desk, SLICE("anna"), SLICE("")));
    cr_assert(!may_enter(&desk, SLICE("otto"), SLICE("pw")));
    cr_assert(!may_enter(&desk, SLICE("ghost"), SLICE("")));
    desk_free(&desk);
}

Test(auth, keeps_some_users_on_the_loopback_interface)
{
    struct desk desk = desk_new();
    void *context = desk.authenticator.context;
    cr_assert(!desk.authenticator.remote_allowed(context, SLICE("guest")));
    cr_assert(desk.authenticator.remote_allowed(context, SLICE("gues")));
    cr_assert(desk.authenticator.remote_allowed(context, SLICE("anna")));
    desk_free(&desk);
}
