#define _GNU_SOURCE // mkdtemp

#include "admin/definitions_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "broker/parameter.h"
#include "broker/vhost.h"
#include "conf/settings.h"
#include "server/auth.h"
#include "tests/unit/admin/api_kit.h"

static struct api_kit kit;
static char directory[] = "/tmp/leveret-definitions-XXXXXX";
static struct text error;

static void start(void)
{
    api_kit_start(&kit);
    cr_assert(mkdtemp(directory));
}

static void stop(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", directory);
    cr_assert_eq(system(command), 0);
    api_kit_stop(&kit);
}

TestSuite(definitions_load, .init = start, .fini = stop);

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void keep(const char *name, const char *content)
{
    FILE *file = fopen(path_of(name), "w");
    cr_assert(file);
    fputs(content, file);
    fclose(file);
}

static void say(const char *key, const char *value)
{
    struct findings findings = {0};
    cr_assert(settings_set(kit.settings, (struct slice){(const uint8_t *)key, strlen(key)},
                           (struct slice){(const uint8_t *)value, strlen(value)},
                           (struct setting_origin){.source = SOURCE_FILE, .name = "f"}, &findings));
    findings_finish(&findings);
}

/* As the program does it at a start. */
static bool load(void)
{
    struct definitions_files files;
    struct api_options options = {
        .broker = kit.broker, .engine = kit.engine, .settings = kit.settings, .node = "n"};
    if (!definitions_find(kit.settings, &files, &error)) {
        return false;
    }
    uint64_t after = 0;
    bool done = definitions_load(&options, &files, &after, &error);
    definitions_files_finish(&files);
    return done;
}

static bool has_vhost(const char *name)
{
    return broker_find_vhost(kit.broker, (struct slice){(const uint8_t *)name, strlen(name)});
}

Test(definitions_load, without_a_setting_nothing_is_loaded)
{
    cr_assert(load());
}

Test(definitions_load, a_file_is_imported_as_often_as_one_likes)
{
    struct user first, again;
    keep("d.json", "{\"users\":[{\"name\":\"u\",\"password\":\"p\",\"tags\":[\"management\"]}],"
                   "\"vhosts\":[{\"name\":\"v\"}]}");
    say("load_definitions", path_of("d.json"));
    cr_assert(load(), "%s", error.ptr);
    cr_assert(has_vhost("v"));
    cr_assert(broker_find_user(kit.broker, SLICE("u"), &first));
    struct bytes hash = {0};
    bytes_add(&hash, first.password_hash);
    cr_assert(load(), "%s", error.ptr);
    broker_find_user(kit.broker, SLICE("u"), &again);
    cr_assert(slice_eq(again.password_hash, bytes_slice(&hash)));
    cr_assert(password_matches(again.hashing, again.password_hash, SLICE("p")));
    bytes_finish(&hash);
}

Test(definitions_load, a_directory_is_read_in_the_order_of_names)
{
    keep("2.json", "{\"queues\":[{\"name\":\"q\",\"vhost\":\"v\"}]}");
    keep("1.json", "{\"vhosts\":[{\"name\":\"v\"}]}");
    keep("0.txt", "no definitions");
    keep(".3.json", "nor these");
    say("definitions.import_backend", "local_filesystem");
    say("definitions.local.path", directory);
    cr_assert(load(), "%s", error.ptr);
    cr_assert(has_vhost("v"));
    cr_assert_eq(api_ask(&kit, "guest", "GET /api/queues/v/q", NULL), 200);
}

Test(definitions_load, mistakes_are_told_with_file_and_place)
{
    static const struct {
        const char *content;
        const char *reason;
    } rows[] = {
        {"{\"users\":[", "line 1, column 10: ']' expected near end of file"},
        {"[]", "not a JSON object"},
        {"{\"queues\":[{\"name\":\"a\",\"vhost\":\"/\"},{\"name\":\"b\",\"vhost\":\"w\"}]}",
         "queues[1] 'b' in vhost 'w': no_such_vhost w"},
        {"{\"users\":[{\"name\":\"u\"}]}", "users[0] 'u': tags_not_present"},
        {"{\"users\":{}}", "users[0]: not_a_list users"},
        {"{\"permissions\":[{\"user\":\"x\",\"vhost\":\"/\"}]}",
         "permissions[0] in vhost '/': no_such_user x"},
        {"{\"parameters\":[{\"name\":\"x\",\"vhost\":\"/\",\"component\":\"c\",\"value\":1}]}",
         "parameters[0] 'x' in vhost '/': Validation failed\n\ncomponent c not found\n"},
    };
    say("load_definitions", path_of("d.json"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char wanted[512];
        keep("d.json", rows[i].content);
        snprintf(wanted, sizeof wanted, "definitions: %s: %s", path_of("d.json"), rows[i].reason);
        cr_assert_not(load());
        cr_assert_str_eq(error.ptr, wanted);
    }
    say("load_definitions", path_of("nowhere"));
    cr_assert_not(load());
    cr_assert(strstr(error.ptr, "nowhere: No such file or directory"), "%s", error.ptr);
}

Test(definitions_load, a_backend_without_a_path_is_a_mistake)
{
    say("definitions.import_backend", "local_filesystem");
    cr_assert_not(load());
    cr_assert_str_eq(error.ptr, "definitions.import_backend needs definitions.local.path");
}

Test(definitions_load, what_is_unchanged_is_skipped_if_that_is_wanted)
{
    struct effects fx = {0};
    keep("d.json", "{\"vhosts\":[{\"name\":\"v\"}]}");
    say("load_definitions", path_of("d.json"));
    say("definitions.skip_if_unchanged", "true");
    cr_assert(load());
    broker_delete_vhost(kit.broker, SLICE("v"), &fx);
    cr_assert(load());
    cr_assert_not(has_vhost("v"));
    keep("d.json", "{\"vhosts\":[{\"name\":\"v\"}] }");
    cr_assert(load());
    cr_assert(has_vhost("v"));
    broker_delete_vhost(kit.broker, SLICE("v"), &fx);
    say("definitions.skip_if_unchanged", "false");
    cr_assert(load());
    cr_assert(has_vhost("v"));
    effects_free(&fx);
}

Test(definitions_load, passwords_that_rabbitmq_has_hashed_let_users_in)
{
    static const char *const names[] = {"a", "b", "c"};
    keep("d.json",
         "{\"users\":["
         "{\"name\":\"a\",\"tags\":\"\",\"hashing_algorithm\":\"rabbit_password_hashing_sha256\","
         "\"password_hash\":\"Gbm43YFvf4sfcjzXpKcgt7FA+Wx59gGaYK1eCzS18/1IuUKR\"},"
         "{\"name\":\"b\",\"tags\":[],\"hashing_algorithm\":\"rabbit_password_hashing_sha512\","
         "\"password_hash\":\"5tpuCuvIqaIijbYBJXCGtbc61WhDL0HAlCimCWBgVdbjoFbz0bhWz0kIXbf5aid7+3S/"
         "q/IEv8IcpQct8DY2bDQ8Xew=\"},"
         "{\"name\":\"c\",\"tags\":\"\",\"hashing_algorithm\":\"rabbit_password_hashing_md5\","
         "\"password_hash\":\"nzsGnV/Qo2qdJ+FSY3xeqDhlV5A=\"}]}");
    say("load_definitions", path_of("d.json"));
    cr_assert(load(), "%s", error.ptr);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct user user;
        struct slice name = {(const uint8_t *)names[i], 1};
        cr_assert(broker_find_user(kit.broker, name, &user));
        cr_assert(password_matches(user.hashing, user.password_hash, SLICE("secret")));
        cr_assert_not(password_matches(user.hashing, user.password_hash, SLICE("Secret")));
    }
}
