#include "tests/unit/admin/api_kit.h"

#include <stdio.h>
#include <string.h>

#include "admin/base64.h"
#include "broker/permission.h"
#include "broker/user.h"
#include "broker/vhost.h"
#include "conf/format.h"
#include "conf/settings.h"
#include "server/deputy.h"

static bool password_is_name(void *context, struct slice user, struct slice password)
{
    struct api_kit *kit = context;
    kit->passwords++;
    struct user found;
    return slice_eq(user, password) && broker_find_user(kit->broker, user, &found);
}

static bool not_guest(void *context, struct slice user)
{
    (void)context;
    return !slice_eq(user, SLICE("guest"));
}

void api_kit_add_user(struct api_kit *kit, const char *name, const char *tags)
{
    struct effects fx = {0};
    struct user user = {.name = format_slice(name),
                        .password_hash = format_slice(name),
                        .tags = format_slice(tags)};
    broker_put_user(kit->broker, &user, &fx);
    effects_free(&fx);
}

void api_kit_add_vhost(struct api_kit *kit, const char *name)
{
    struct effects fx = {0};
    broker_add_vhost(kit->broker, format_slice(name), &fx);
    effects_free(&fx);
}

void api_kit_permit(struct api_kit *kit, const char *user, const char *vhost)
{
    struct effects fx = {0};
    struct permission all = {SLICE(".*"), SLICE(".*"), SLICE(".*")};
    cr_assert(
        !broker_set_permission(kit->broker, format_slice(user), format_slice(vhost), &all, &fx));
    effects_free(&fx);
}

static struct authenticator authenticator_of(struct api_kit *kit)
{
    return (struct authenticator){
        .context = kit, .password_matches = password_is_name, .remote_allowed = not_guest};
}

void api_kit_reopen(struct api_kit *kit)
{
    api_free(kit->api);
    kit->api = api_new(&(struct api_options){.broker = kit->broker,
                                             .engine = kit->engine,
                                             .settings = kit->settings,
                                             .authenticator = authenticator_of(kit),
                                             .node = "rabbit@here",
                                             .disk = &kit->disk,
                                             .wall_offset_ms = API_KIT_WALL_S * UINT64_C(1000)});
}

void api_kit_start(struct api_kit *kit)
{
    *kit = (struct api_kit){.now_ms = 2000};
    kit->broker = broker_new(&(struct broker_options){.message_size_max = 1 << 20});
    kit->engine = engine_new(&(struct engine_options){.broker = kit->broker,
                                                      .authenticator = authenticator_of(kit),
                                                      .mechanisms = SLICE("PLAIN"),
                                                      .cluster_name = SLICE("here"),
                                                      .channel_max = 2047,
                                                      .frame_max = 131072,
                                                      .initial_frame_max = 4096,
                                                      .handshake_timeout_ms = 10000});
    kit->settings = settings_new();
    api_kit_reopen(kit);
    api_kit_add_vhost(kit, "/");
    api_kit_add_user(kit, "guest", "administrator");
    api_kit_permit(kit, "guest", "/");
    engine_end_tick(kit->engine, UINT64_MAX, 1000);
}

void api_kit_stop(struct api_kit *kit)
{
    reply_finish(&kit->reply);
    api_free(kit->api);
    settings_free(kit->settings);
    engine_free(kit->engine);
    broker_free(kit->broker);
}

void api_kit_add_queue(struct api_kit *kit, const char *name)
{
    struct deputy op;
    deputy_begin(&op, kit->engine, 1000);
    cr_assert(!deputy_open(&op, SLICE("guest"), SLICE("/")));
    struct amqp_queue_declare args = {.queue = format_slice(name), .durable = true};
    cr_assert(!broker_queue_declare(op.channel, &args, op.fx));
    deputy_end(&op);
}

static enum http_method method_of(const char *line)
{
    static const char *const names[] = {
#define M(name) #name,
        HTTP_METHODS(M)
#undef M
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strncmp(line, names[i], strlen(names[i])) == 0) {
            return (enum http_method)i;
        }
    }
    return HTTP_OTHER;
}

/* All slices of a long list. */
static void take_body(struct api_kit *kit)
{
    while (reply_next(&kit->reply, &kit->reply.body)) {
    }
    cr_assert_lt(kit->reply.body.len, sizeof kit->text);
    slice_copy((uint8_t *)kit->text, bytes_slice(&kit->reply.body));
    kit->text[kit->reply.body.len] = '\0';
}

unsigned api_ask(struct api_kit *kit, const char *user, const char *line, const char *body)
{
    char credentials[128];
    struct bytes header = {0};
    bytes_add(&header, SLICE("Basic "));
    snprintf(credentials, sizeof credentials, "%s:%s", user ? user : "", user ? user : "");
    base64_encode(format_slice(credentials), &header);
    struct request request = {.method = method_of(line),
                              .target = format_slice(strchr(line, ' ') + 1),
                              .body = body ? format_slice(body) : (struct slice){NULL, 0},
                              .now_ms = kit->now_ms,
                              .loopback = true,
                              .trusted = kit->local};
    if (kit->origin) {
        request.origin = format_slice(kit->origin);
    }
    if (user) {
        request.authorization = bytes_slice(&header);
    }
    reply_finish(&kit->reply);
    kit->reply = (struct reply){.status = 0};
    api_answer(kit->api, &request, &kit->reply);
    take_body(kit);
    bytes_finish(&header);
    return kit->reply.status;
}

json_t *api_json(const struct api_kit *kit)
{
    json_error_t error;
    json_t *value = json_loads(kit->text, JSON_DECODE_ANY, &error);
    cr_assert(value, "%s: %s", error.text, kit->text);
    return value;
}

void api_kit_set(struct api_kit *kit, const char *key, const char *value)
{
    struct findings findings = {0};
    struct setting_origin origin = {.source = SOURCE_FILE, .name = "here"};
    cr_assert(
        settings_set(kit->settings, format_slice(key), format_slice(value), origin, &findings));
    findings_finish(&findings);
}

bool api_has_header(const struct api_kit *kit, const char *line)
{
    struct bytes lines = {0};
    bytes_add(&lines, bytes_slice(&kit->reply.headers));
    bytes_add_u8(&lines, '\0');
    const char *at = strstr((const char *)lines.ptr, line);
    bool found =
        at && at[strlen(line)] == '\r' && (at == (const char *)lines.ptr || at[-1] == '\n');
    bytes_finish(&lines);
    return found;
}
