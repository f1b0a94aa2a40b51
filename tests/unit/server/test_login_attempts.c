#include <criterion/criterion.h>
#include <stdio.h>

#include "conf/format.h"
#include "server/login_attempts.h"

static struct login_attempts *all;

static void setup(void)
{
    all = login_attempts_new();
}

static void teardown(void)
{
    login_attempts_free(all);
}

TestSuite(login_attempts, .init = setup, .fini = teardown);

static uint32_t try_over(enum login_protocol protocol, const char *address, const char *user,
                         bool succeeded)
{
    struct login_attempt attempt = {.address = format_slice(address),
                                    .user = format_slice(user),
                                    .protocol = protocol,
                                    .succeeded = succeeded};
    return login_attempts_add(all, &attempt);
}

static uint32_t try_login(const char *address, const char *user, bool succeeded)
{
    return try_over(LOGIN_HTTP, address, user, succeeded);
}

Test(login_attempts, are_counted_by_address_and_name)
{
    struct login_attempt_row row;
    try_login("10.0.0.1", "guest", false);
    try_login("10.0.0.2", "guest", true);
    try_login("10.0.0.1", "guest", true);
    cr_assert(login_attempts_at(all, 0, &row));
    cr_assert(slice_eq(row.address, SLICE("10.0.0.2")));
    cr_assert(login_attempts_at(all, 1, &row));
    cr_assert(slice_eq(row.address, SLICE("10.0.0.1")) && slice_eq(row.user, SLICE("guest")));
    cr_assert_eq(row.logins[LOGIN_HTTP].attempts, 2);
    cr_assert_eq(row.logins[LOGIN_HTTP].failed, 1);
    cr_assert_eq(row.logins[LOGIN_AMQP].attempts, 0);
    cr_assert_not(login_attempts_at(all, 2, &row));
    login_attempts_clear(all);
    cr_assert_not(login_attempts_at(all, 0, &row));
}

Test(login_attempts, a_name_and_an_address_are_not_mixed_up)
{
    struct login_attempt_row row;
    try_login("1", "a1", true);
    try_login("11", "a", true);
    cr_assert(login_attempts_at(all, 1, &row));
    cr_assert_eq(row.logins[LOGIN_HTTP].attempts, 1);
}

Test(login_attempts, failures_are_put_off_longer_and_longer_and_success_never)
{
    uint32_t last = 0;
    for (int i = 0; i < 10; i++) {
        uint32_t delay = try_login("10.0.0.1", "guest", false);
        cr_assert(delay > last || delay == 2000);
        last = delay;
    }
    cr_assert_eq(last, 2000);
    cr_assert_lt(try_login("10.0.0.2", "guest", false), 200);
    cr_assert_eq(try_login("10.0.0.1", "guest", true), 0);
    cr_assert_lt(try_login("10.0.0.1", "guest", false), 200);
}

Test(login_attempts, whoever_fails_is_put_off_by_both_protocols_and_counted_by_each)
{
    struct login_attempt_row row;
    uint32_t first = try_over(LOGIN_HTTP, "10.0.0.1", "guest", false);
    cr_assert_gt(try_over(LOGIN_AMQP, "10.0.0.1", "guest", false), first);
    cr_assert(login_attempts_at(all, 0, &row));
    cr_assert_eq(row.logins[LOGIN_HTTP].failed, 1);
    cr_assert_eq(row.logins[LOGIN_AMQP].failed, 1);
    cr_assert_not(login_attempts_at(all, 1, &row));
}

Test(login_attempts, are_counted_by_protocol_ever_and_since_a_reset)
{
    try_over(LOGIN_AMQP, "10.0.0.1", "guest", false);
    try_over(LOGIN_AMQP, "10.0.0.1", "guest", true);
    login_attempts_reset(all);
    try_over(LOGIN_AMQP, "10.0.0.2", "guest", false);
    cr_assert_eq(login_attempts_ever(all, LOGIN_AMQP).attempts, 3);
    cr_assert_eq(login_attempts_ever(all, LOGIN_AMQP).failed, 2);
    cr_assert_eq(login_attempts_recent(all, LOGIN_AMQP).attempts, 1);
    cr_assert_eq(login_attempts_recent(all, LOGIN_AMQP).failed, 1);
    cr_assert_eq(login_attempts_ever(all, LOGIN_HTTP).attempts, 0);
}

Test(login_attempts, only_so_many_are_remembered_and_names_are_cut)
{
    struct login_attempt_row row;
    char name[400];
    for (int i = 0; i < LOGIN_ATTEMPTS_MAX + 10; i++) {
        snprintf(name, sizeof name, "%0300d", i);
        name[0] = (char)('a' + i % 26);
        snprintf(name + 1, 20, "%d", i);
        try_login("10.0.0.1", name, false);
    }
    cr_assert(login_attempts_at(all, LOGIN_ATTEMPTS_MAX - 1, &row));
    cr_assert_not(login_attempts_at(all, LOGIN_ATTEMPTS_MAX, &row));
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    try_login("10.0.0.1", name, false);
    cr_assert(login_attempts_at(all, LOGIN_ATTEMPTS_MAX - 1, &row));
    cr_assert_eq(row.user.len, 255);
}
