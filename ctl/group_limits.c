#include "ctl/groups.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/listing.h"

/* Limits of a virtual host and of a user: the same requests at other paths. */
struct owner {
    const char *path;
    const char *name;
};

static bool is_vhost(struct owner owner)
{
    return strcmp(owner.path, "vhost-limits") == 0;
}

/* EXIT_OK if the owner is there; else it is told that it is not. */
static int check_owner(struct run *run, struct owner owner)
{
    bool vhost = is_vhost(owner);
    int exists = run_exists(run, http_path(vhost ? "vhosts" : "users", owner.name, NULL));
    if (exists != 0) {
        return exists < 0 ? -exists : EXIT_OK;
    }
    return vhost ? run_no_vhost(run, owner.name)
                 : run_fail(run, EXIT_UNAVAILABLE, "{:no_such_user, \"%s\"}", owner.name);
}

static json_t *parse_limits(const struct run *run, const char *text)
{
    json_error_t error;
    json_t *limits = json_loads(text, 0, &error);
    if (!json_is_object(limits)) {
        json_decref(limits);
        run_fail(run, EXIT_UNAVAILABLE, "JSON decoding error. Reason: %s",
                 limits ? "not an object" : error.text);
        return NULL;
    }
    return limits;
}

static int put_limits(struct run *run, struct owner owner, const char *text)
{
    const char *name;
    json_t *value;
    json_t *limits = parse_limits(run, text);
    if (!limits) {
        return EXIT_UNAVAILABLE;
    }
    int code = check_owner(run, owner);
    json_object_foreach(limits, name, value)
    {
        if (code == EXIT_OK) {
            code =
                run_change(run,
                           (struct question){.method = "PUT",
                                             .path = http_path(owner.path, owner.name, name, NULL)},
                           json_pack("{s:O}", "value", value));
        }
    }
    json_decref(limits);
    return code;
}

/* The limits that are set, {} if there are none: a new reference. NULL and told if nobody says. */
static json_t *get_limits(struct run *run, struct owner owner, int *code)
{
    struct answer answer = {.status = 0};
    *code = check_owner(run, owner);
    if (*code != EXIT_OK) {
        return NULL;
    }
    *code = run_demand(
        run, (struct question){.method = "GET", .path = http_path(owner.path, owner.name, NULL)},
        &answer);
    json_t *limits = json_incref(json_object_get(json_array_get(answer.json, 0), "value"));
    answer_finish(&answer);
    if (*code == EXIT_OK && !limits) {
        limits = json_object();
    }
    return limits;
}

static int delete_limit(struct run *run, struct owner owner, const char *name)
{
    return run_change(run,
                      (struct question){.method = "DELETE",
                                        .path = http_path(owner.path, owner.name, name, NULL)},
                      NULL);
}

static int delete_limits(struct run *run, struct owner owner)
{
    const char *name;
    json_t *value;
    int code;
    json_t *limits = get_limits(run, owner, &code);
    json_object_foreach(limits, name, value)
    {
        if (code == EXIT_OK) {
            code = delete_limit(run, owner, name);
        }
    }
    json_decref(limits);
    return code;
}

/* The text of an object in JSON, as the value of one if JSON is wanted; RabbitMQ has two forms. */
static void print_object(struct run *run, const json_t *limits, bool of_vhost)
{
    char *text = json_dumps(limits, JSON_COMPACT);
    bool none = of_vhost && json_object_size(limits) == 0;
    if (run->formatter == FORMATTER_JSON) {
        json_t *told = of_vhost ? json_pack("{s:s,s:s,s:s}", "node", run_node(run), "result", "ok",
                                            "value", none ? "" : text)
                                : json_pack("{s:s}", "message", text);
        run_tell(run, told);
    } else {
        run_say(run, "%s", none ? "" : text);
    }
    free(text);
}

static int print_limits(struct run *run, struct owner owner)
{
    int code;
    json_t *limits = get_limits(run, owner, &code);
    if (limits) {
        print_object(run, limits, is_vhost(owner));
    }
    json_decref(limits);
    return code;
}

static struct owner the_vhost(const struct run *run)
{
    return (struct owner){"vhost-limits", run_vhost(run)};
}

static int set_vhost_limits(struct run *run)
{
    run_banner(run, "Setting vhost limits to \"%s\" for vhost \"%s\" ...", run_argument(run, 0),
               run_vhost(run));
    return put_limits(run, the_vhost(run), run_argument(run, 0));
}

static int clear_vhost_limits(struct run *run)
{
    run_banner(run, "Clearing vhost \"%s\" limits ...", run_vhost(run));
    return delete_limits(run, the_vhost(run));
}

static const struct column limit_columns[] = {
    {"vhost", "vhost", COLUMN_PLAIN},
    {"user", "user", COLUMN_PLAIN},
    {"limits", "value", COLUMN_JSON},
};

static const struct listing all_vhosts = {
    .columns = limit_columns, .count = 3, .shown = "vhost limits"};
static const struct listing all_users = {
    .columns = limit_columns, .count = 3, .shown = "user limits"};

static int list_all(struct run *run, const char *path, const struct listing *listing)
{
    struct answer answer = {.status = 0};
    int code =
        run_demand(run, (struct question){.method = "GET", .path = http_path(path, NULL)}, &answer);
    if (code == EXIT_OK) {
        code = listing_print(run, listing, answer.json);
    }
    answer_finish(&answer);
    return code;
}

static int list_vhost_limits(struct run *run)
{
    if (options_has(&run->options, "global")) {
        run_banner(run, "Listing limits for all vhosts ...");
        return list_all(run, "vhost-limits", &all_vhosts);
    }
    run_banner(run, "Listing limits for vhost \"%s\" ...", run_vhost(run));
    return print_limits(run, the_vhost(run));
}

static int set_user_limits(struct run *run)
{
    const char *user = run_argument(run, 0);
    run_banner(run, "Setting user limits to \"%s\" for user \"%s\" ...", run_argument(run, 1),
               user);
    return put_limits(run, (struct owner){"user-limits", user}, run_argument(run, 1));
}

static int clear_user_limits(struct run *run)
{
    const char *user = run_argument(run, 0), *name = run_argument(run, 1);
    struct owner owner = {"user-limits", user};
    if (strcmp(name, "all") == 0) {
        run_banner(run, "Clearing all limits for user \"%s\" ...", user);
        return delete_limits(run, owner);
    }
    run_banner(run, "Clearing \"%s\" limit for user \"%s\" ...", name, user);
    return delete_limit(run, owner, name);
}

static int list_user_limits(struct run *run)
{
    const char *user = options_value(&run->options, "user");
    if (options_has(&run->options, "global")) {
        run_banner(run, "Listing limits for all users ...");
        return list_all(run, "user-limits", &all_users);
    }
    user = user ? user : "guest";
    run_banner(run, "Listing limits for user \"%s\" ...", user);
    return print_limits(run, (struct owner){"user-limits", user});
}

static const struct command commands[] = {
    {.name = "clear_user_limits",
     .usage = "<username> <limit_name> | all",
     .help = "Clears user connection/channel limits",
     .least = 2,
     .most = 2,
     .run = clear_user_limits},
    {.name = "clear_vhost_limits",
     .usage = "[--vhost <vhost>]",
     .help = "Clears virtual host limits",
     .run = clear_vhost_limits},
    {.name = "list_user_limits",
     .usage = "[--user <username>] [--global]",
     .help = "Displays configured user limits",
     .options = "user= global",
     .run = list_user_limits},
    {.name = "list_vhost_limits",
     .usage = "[--vhost <vhost>] [--global]",
     .help = "Displays configured virtual host limits",
     .options = "global",
     .run = list_vhost_limits},
    {.name = "set_user_limits",
     .usage = "<username> <definition>",
     .help = "Sets user limits",
     .least = 2,
     .most = 2,
     .run = set_user_limits},
    {.name = "set_vhost_limits",
     .usage = "[--vhost <vhost>] <definition>",
     .help = "Sets virtual host limits",
     .least = 1,
     .most = 1,
     .run = set_vhost_limits},
};

const struct command_group group_limits = COMMAND_GROUP("Limits", commands);
