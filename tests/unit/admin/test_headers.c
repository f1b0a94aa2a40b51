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

TestSuite(headers, .init = setup, .fini = teardown);

Test(headers, pages_of_other_origins_are_not_let_in)
{
    kit.origin = "https://page.example";
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/whoami", NULL), 200);
    cr_assert_not(api_has_header(&kit, "Access-Control-Allow-Origin: https://page.example"));
    api_kit_set(&kit, "management.cors.allow_origins.1", "https://other.example");
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/whoami", NULL), 200);
    cr_assert_not(api_has_header(&kit, "Access-Control-Allow-Origin: https://page.example"));
    cr_assert_not(api_has_header(&kit, "Access-Control-Allow-Credentials: true"));
}

Test(headers, pages_of_named_origins_are_let_in)
{
    api_kit_set(&kit, "management.cors.allow_origins.1", "https://other.example");
    api_kit_set(&kit, "management.cors.allow_origins.2", "https://page.example");
    kit.origin = "https://page.example";
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/whoami", NULL), 200);
    cr_assert(api_has_header(&kit, "Access-Control-Allow-Origin: https://page.example"));
    cr_assert(api_has_header(&kit, "Access-Control-Allow-Credentials: true"));
    cr_assert_not(api_has_header(&kit, "Access-Control-Max-Age: 1800"));
    api_kit_set(&kit, "management.cors.allow_origins.2", "*");
    kit.origin = "https://any.example";
    cr_assert_eq(api_ask(&kit, "wrong", "GET /api/whoami", NULL), 401);
    cr_assert(api_has_header(&kit, "Access-Control-Allow-Origin: https://any.example"));
}

Test(headers, a_browser_that_asks_first_hears_what_a_page_may_do)
{
    api_kit_set(&kit, "management.cors.allow_origins.1", "https://page.example");
    api_kit_set(&kit, "management.cors.max_age", "600");
    kit.origin = "https://page.example";
    cr_assert_eq(api_ask(&kit, NULL, "OPTIONS /api/queues/%2F/q", NULL), 200);
    cr_assert(
        api_has_header(&kit, "Access-Control-Allow-Methods: HEAD, GET, PUT, DELETE, OPTIONS"));
    cr_assert(api_has_header(&kit, "Access-Control-Max-Age: 600"));
    kit.origin = "https://another.example";
    cr_assert_eq(api_ask(&kit, NULL, "OPTIONS /api/queues/%2F/q", NULL), 200);
    cr_assert_not(api_has_header(&kit, "Access-Control-Max-Age: 600"));
}

Test(headers, an_origin_cannot_write_a_header_of_its_own)
{
    api_kit_set(&kit, "management.cors.allow_origins.1", "*");
    kit.origin = "x\r\nSet-Cookie: y";
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/whoami", NULL), 200);
    cr_assert(api_has_header(&kit, "Access-Control-Allow-Origin: x  Set-Cookie: y"));
}

Test(headers, what_is_told_of_safety_is_a_setting)
{
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/whoami", NULL), 200);
    cr_assert(api_has_header(&kit, "X-Content-Type-Options: nosniff"));
    cr_assert(api_has_header(&kit, "Content-Security-Policy: default-src 'none'"));
    api_kit_set(&kit, "management.csp.policy", "default-src 'self'");
    api_kit_set(&kit, "management.hsts.policy", "max-age=31536000; includeSubDomains");
    api_kit_set(&kit, "management.headers.frame_options", "DENY");
    api_kit_set(&kit, "management.headers.xss_protection", "1");
    cr_assert_eq(api_ask(&kit, NULL, "GET /api/whoami", NULL), 401);
    cr_assert(api_has_header(&kit, "Content-Security-Policy: default-src 'self'"));
    cr_assert(
        api_has_header(&kit, "Strict-Transport-Security: max-age=31536000; includeSubDomains"));
    cr_assert(api_has_header(&kit, "X-Frame-Options: DENY"));
    cr_assert(api_has_header(&kit, "X-XSS-Protection: 1"));
}

Test(headers, a_prefix_is_in_front_of_every_path)
{
    api_kit_set(&kit, "management.path_prefix", "/rabbit/");
    cr_assert_eq(api_ask(&kit, "guest", "GET /rabbit/api/whoami", NULL), 200);
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/whoami", NULL), 404);
    cr_assert_eq(api_ask(&kit, "guest", "GET /rabbitapi/whoami", NULL), 404);
    cr_assert_eq(api_ask(&kit, "guest", "GET /rabbit", NULL), 404);
}

Test(headers, unknown_methods_and_paths_are_answered_as_rabbitmq_does)
{
    cr_assert_eq(api_ask(&kit, "guest", "BREW /api/whoami", NULL), 501);
    cr_assert_eq(api_ask(&kit, "guest", "PATCH /api/whoami", NULL), 405);
    cr_assert_eq(api_ask(&kit, "guest", "OPTIONS /api/nothing", NULL), 200);
    cr_assert(slice_eq(bytes_slice(&kit.reply.allow), SLICE("HEAD, GET, OPTIONS")));
}
