#include "server/sasl.h"

#include <criterion/criterion.h>

#include "amqp/table.h"

static bool plain(struct slice response, struct sasl_login *out)
{
    struct text problem;
    return sasl_parse(SASL_PLAIN, response, out, &problem);
}

Test(sasl, plain_is_user_and_password)
{
    struct sasl_login login;
    cr_assert(plain(SLICE("\0user\0secret"), &login));
    cr_expect(slice_eq(login.user, SLICE("user")));
    cr_expect(slice_eq(login.password, SLICE("secret")));
    cr_assert(plain(SLICE("\0\0"), &login));
    cr_expect_eq(login.user.len, 0);
    cr_expect_eq(login.password.len, 0);
}

Test(sasl, plain_of_any_other_shape_is_refused)
{
    struct sasl_login login;
    cr_expect(!plain(SLICE(""), &login));
    cr_expect(!plain(SLICE("\0user"), &login));
    cr_expect(!plain(SLICE("user\0secret"), &login));
    cr_expect(!plain(SLICE("other\0user\0secret"), &login));
    cr_expect(!plain(SLICE("\0user\0secret\0more"), &login));
}

Test(sasl, amqplain_is_a_table)
{
    struct bytes table = {0};
    struct sasl_login login;
    struct text problem;
    table_add_string(&table, SLICE("PASSWORD"), SLICE("secret"));
    cr_expect(!sasl_parse(SASL_AMQPLAIN, bytes_slice(&table), &login, &problem));
    table_add_string(&table, SLICE("LOGIN"), SLICE("user"));
    cr_assert(sasl_parse(SASL_AMQPLAIN, bytes_slice(&table), &login, &problem));
    cr_expect(slice_eq(login.user, SLICE("user")));
    cr_expect(slice_eq(login.password, SLICE("secret")));
    cr_expect(!sasl_parse(SASL_AMQPLAIN, SLICE("\5LOGINS\0\0\0\7ab"), &login, &problem));
    bytes_finish(&table);
}

Test(sasl, names_are_exact)
{
    cr_expect_eq(sasl_mechanism_of(SLICE("PLAIN")), SASL_PLAIN);
    cr_expect_eq(sasl_mechanism_of(SLICE("EXTERNAL")), SASL_EXTERNAL);
    cr_expect_eq(sasl_mechanism_of(SLICE("plain")), SASL_UNKNOWN);
    cr_expect_eq(sasl_mechanism_of(SLICE("")), SASL_UNKNOWN);
}
