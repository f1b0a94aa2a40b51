#include "ctl/groups.h"

#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/listing.h"
#include "ctl/password.h"

static char *user_path(const char *name)
{
    return http_path("users", name, NULL);
}

/* In RabbitMQ's words, which are others as JSON. */
static int no_user(struct run *run, const char *name)
{
    bool json = run->formatter == FORMATTER_JSON;
    return run_refuse(run, EXIT_NO_USER,
                      json ? "User %s does not exists" : "User \"%s\" does not exist", name);
}

static int same_user(struct run *run, const char *name)
{
    bool json = run->formatter == FORMATTER_JSON;
    return run_refuse(run, EXIT_SOFTWARE,
                      json ? "User %s already exists" : "User \"%s\" already exists", name);
}

static const char granting[] =
    "Done. Don't forget to grant the user permissions to some virtual hosts! See 'rabbitmqctl help "
    "set_permissions' to learn more.";

static int tell_added(struct run *run)
{
    if (run->formatter == FORMATTER_JSON) {
        return run_tell(run, json_pack("{s:s,s:s,s:s}", "message", granting, "node", run_node(run),
                                       "status", "ok"));
    }
    run_banner(run, "%s", granting);
    return EXIT_OK;
}

/* What there is of the user, or NULL with the code, which is told, in *code. */
static json_t *find_user(struct run *run, const char *name, int *code)
{
    struct answer answer = {.status = 0};
    struct question question = {.method = "GET", .path = user_path(name)};
    *code = run_ask(run, question, &answer);
    if (*code == EXIT_OK && answer.status == 404) {
        *code = no_user(run, name);
    } else if (*code == EXIT_OK && answer.status >= 400) {
        *code = run_fail(run, EXIT_UNAVAILABLE, "%s", answer_reason(&answer));
    }
    json_t *user = *code == EXIT_OK ? json_incref(answer.json) : NULL;
    answer_finish(&answer);
    return user;
}

static int put_user(struct run *run, const char *name, json_t *body)
{
    return run_change(run, (struct question){.method = "PUT", .path = user_path(name)}, body);
}

static int add_user(struct run *run)
{
    const char *name = run_argument(run, 0);
    bool hashed = options_has(&run->options, "pre-hashed-password");
    run_banner(run, "Adding user \"%s\" ...", name);
    char *password = password_given(run, 1);
    if (!password) {
        return EXIT_DATA;
    }
    int exists = run_exists(run, user_path(name));
    int code = exists < 0 ? -exists
               : exists == 1
                   ? same_user(run, name)
                   : put_user(run, name,
                              json_pack("{s:s,s:s}", hashed ? "password_hash" : "password",
                                        password, "tags", ""));
    if (code == EXIT_OK) {
        code = tell_added(run);
    }
    free(password);
    return code;
}

static int delete_user(struct run *run)
{
    const char *name = run_argument(run, 0);
    int code;
    run_banner(run, "Deleting user \"%s\" ...", name);
    json_t *user = find_user(run, name, &code);
    json_decref(user);
    struct question question = {.method = "DELETE"};
    if (code == EXIT_OK) {
        question.path = user_path(name);
        code = run_change(run, question, NULL);
    }
    return code;
}

/* Changes what there is: the tags stay unless `changed` has others. Takes it. */
static int change_user(struct run *run, const char *name, json_t *changed)
{
    int code;
    json_t *user = find_user(run, name, &code);
    if (user && !json_object_get(changed, "tags")) {
        json_object_set(changed, "tags", json_object_get(user, "tags"));
    }
    if (user && !json_object_get(changed, "password") &&
        !json_object_get(changed, "password_hash")) {
        json_object_set(changed, "password_hash", json_object_get(user, "password_hash"));
        json_object_set(changed, "hashing_algorithm", json_object_get(user, "hashing_algorithm"));
    }
    if (user) {
        code = put_user(run, name, json_incref(changed));
    }
    json_decref(user);
    json_decref(changed);
    return code;
}

static int change_password(struct run *run)
{
    const char *name = run_argument(run, 0);
    run_banner(run, "Changing password for user \"%s\" ...", name);
    char *password = password_given(run, 1);
    if (!password) {
        return EXIT_DATA;
    }
    int code = change_user(run, name, json_pack("{s:s}", "password", password));
    free(password);
    return code;
}

static int clear_password(struct run *run)
{
    const char *name = run_argument(run, 0);
    run_banner(run, "Clearing password for user \"%s\" ...", name);
    int exists = run_exists(run, user_path(name));
    if (exists <= 0) {
        return exists < 0 ? -exists
                          : run_fail(run, EXIT_UNAVAILABLE, "{:no_such_user, \"%s\"}", name);
    }
    return change_user(run, name, json_pack("{s:s}", "password_hash", ""));
}

static int set_user_tags(struct run *run)
{
    const char *name = run_argument(run, 0);
    struct bytes text = {0};
    json_t *tags = json_array();
    for (size_t i = 1; i < run->options.argument_count; i++) {
        format_add(&text, "%s%s", i > 1 ? ", " : "", run_argument(run, i));
        json_array_append_new(tags, json_string(run_argument(run, i)));
    }
    run_banner(run, "Setting tags for user \"%s\" to [%.*s] ...", name, (int)text.len,
               (const char *)text.ptr);
    bytes_finish(&text);
    return change_user(run, name, json_pack("{s:o}", "tags", tags));
}

static int authenticate_user(struct run *run)
{
    const char *name = run_argument(run, 0);
    run_banner(run, "Authenticating user \"%s\" ...", name);
    char *password = password_given(run, 1);
    if (!password) {
        return EXIT_DATA;
    }
    bool right;
    int code = password_check(run, name, password, &right);
    if (code == EXIT_OK && right) {
        code = run_say(run, "Success");
    } else if (code == EXIT_OK) {
        code = run_fail(run, EXIT_DATA,
                        "Error: failed to authenticate user \"%s\"\n"
                        "user '%s' - invalid credentials",
                        name, name);
    }
    free(password);
    return code;
}

static int hash_password(struct run *run)
{
    struct answer answer = {.status = 0};
    run_banner(run, "Will hash password ...");
    char *password = password_given(run, 0);
    if (!password) {
        return EXIT_DATA;
    }
    struct question question = {.method = "GET",
                                .path = http_path("auth", "hash_password", password, NULL)};
    int code = run_demand(run, question, &answer);
    if (code == EXIT_OK) {
        code = run_say(run, "%s", member_text(answer.json, "ok"));
    }
    answer_finish(&answer);
    free(password);
    return code;
}

static const struct column user_columns[] = {
    {"user", "name", COLUMN_PLAIN},
    {"tags", "tags", COLUMN_ATOM},
};

static const struct listing users = {
    .banner = "Listing users ...",
    .path = "users",
    .scope = LISTING_ALL,
    .columns = user_columns,
    .count = 2,
    .shown = "user tags",
};

static const struct command commands[] = {
    {.name = "add_user",
     .usage = "<username> [<password>] [--pre-hashed-password]",
     .help = "Creates a new user, who has no permissions for any virtual host yet",
     .options = "pre-hashed-password",
     .least = 1,
     .most = 2,
     .run = add_user},
    {.name = "authenticate_user",
     .usage = "<username> [<password>]",
     .help = "Attempts to authenticate a user. Exits with a non-zero code if that fails.",
     .least = 1,
     .most = 2,
     .run = authenticate_user},
    {.name = "change_password",
     .usage = "<username> [<password>]",
     .help = "Changes the user password",
     .least = 1,
     .most = 2,
     .run = change_password},
    {.name = "clear_password",
     .usage = "<username>",
     .help = "Clears (resets) password and disables password login for a user",
     .least = 1,
     .most = 1,
     .run = clear_password},
    {.name = "delete_user",
     .usage = "<username>",
     .help = "Removes a user",
     .least = 1,
     .most = 1,
     .run = delete_user},
    {.name = "hash_password",
     .usage = "[<password>]",
     .help = "Hashes a password",
     .most = 1,
     .run = hash_password},
    {.name = "list_users",
     .usage = "[--no-table-headers]",
     .help = "List user names and tags",
     .run = listing_run,
     .listing = &users},
    {.name = "set_user_tags",
     .usage = "<username> <tag> [...]",
     .help = "Sets user tags",
     .least = 1,
     .most = ANY_NUMBER,
     .run = set_user_tags},
};

const struct command_group group_users = COMMAND_GROUP("Users", commands);
