#include "tests/unit/admin/api_kit.h"

#include <stdio.h>
#include <string.h>

/* What objects say of themselves: the members that RabbitMQ's have. */

static struct api_kit kit;

static void start(void)
{
    api_kit_start(&kit);
}

static void stop(void)
{
    api_kit_stop(&kit);
}

TestSuite(objects, .init = start, .fini = stop);

#define ASKED(status, line, body)                                                                  \
    cr_expect_eq(api_ask(&kit, "guest", line, body), status, "%s: %s", line, kit.text)
#define TEXT(expected) cr_expect_str_eq(kit.text, expected)

Test(objects, exchanges_name_who_declared_them)
{
    api_kit_add_user(&kit, "ann", "administrator");
    api_kit_permit(&kit, "ann", "/");
    cr_expect_eq(api_ask(&kit, "ann", "PUT /api/exchanges/%2F/x", "{\"type\":\"topic\"}"), 201);
    ASKED(204, "PUT /api/exchanges/%2F/x", "{\"type\":\"topic\"}");
    ASKED(200, "GET /api/exchanges/%2F/x?columns=user_who_performed_action", NULL);
    TEXT("{\"user_who_performed_action\":\"ann\"}");
    ASKED(200, "GET /api/exchanges/%2F/amq.topic?columns=user_who_performed_action", NULL);
    TEXT("{\"user_who_performed_action\":\"rmq-internal\"}");
}

Test(objects, exchanges_name_their_policy)
{
    ASKED(201, "PUT /api/exchanges/%2F/x", "{\"type\":\"topic\"}");
    ASKED(200, "GET /api/exchanges/%2F/x?columns=policy", NULL);
    TEXT("{}");
    ASKED(201, "PUT /api/policies/%2F/p",
          "{\"pattern\":\"^x\",\"definition\":{\"alternate-exchange\":\"amq.fanout\"}}");
    ASKED(200, "GET /api/exchanges/%2F/x?columns=policy", NULL);
    TEXT("{\"policy\":\"p\"}");
}
