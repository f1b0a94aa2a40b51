#include <stdlib.h>

#include "tests/unit/admin/api_kit.h"

static struct api_kit kit;

static void setup(void)
{
    api_kit_start(&kit);
}

static void teardown(void)
{
    api_kit_stop(&kit);
}

TestSuite(passwords, .init = setup, .fini = teardown);

Test(passwords, a_hash_that_was_asked_for_lets_its_password_in)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/auth/hash_password/ann", NULL), 200);
    json_t *answer = api_json(&kit);
    json_t *user = json_pack("{s:O,s:s}", "password_hash", json_object_get(answer, "ok"), "tags",
                             "management");
    char *body = json_dumps(user, JSON_COMPACT);
    cr_assert_eq(api_ask(&kit, "guest", "PUT /api/users/ann", body), 201);
    cr_assert_eq(api_ask(&kit, "ann", "GET /api/whoami", NULL), 200); // her password is her name
    free(body);
    json_decref(user);
    json_decref(answer);
}

Test(passwords, the_same_password_has_another_hash_each_time)
{
    api_ask(&kit, "guest", "GET /api/auth/hash_password/ann", NULL);
    json_t *first = api_json(&kit);
    api_ask(&kit, "guest", "GET /api/auth/hash_password/ann", NULL);
    json_t *second = api_json(&kit);
    cr_assert(!json_equal(first, second));
    json_decref(first);
    json_decref(second);
}

Test(passwords, nobody_hashes_without_a_login)
{
    cr_assert_eq(api_ask(&kit, NULL, "GET /api/auth/hash_password/ann", NULL), 401);
}
