#include "ctl/groups.h"

#include "ctl/listing.h"

/* EXIT_OK if the user and the virtual host are there; else the code, and it is told. */
static int check_both(struct run *run, const char *user)
{
    int exists = run_exists(run, http_path("users", user, NULL));
    if (exists == 0) {
        return run_refuse(run, EXIT_NO_USER, "User %s does not exist", user);
    }
    if (exists > 0) {
        exists = run_exists(run, http_path("vhosts", run_vhost(run), NULL));
    }
    if (exists == 0) {
        return run_refuse(run, EXIT_UNAVAILABLE, "Virtual host %s does not exist", run_vhost(run));
    }
    return exists < 0 ? -exists : EXIT_OK;
}

/* Asks for a change of what a user may do; takes the body. To remove what is not there is fine. */
static int change(struct run *run, struct question question, json_t *body)
{
    struct answer answer = {.status = 0};
    question.body = body;
    int code = run_ask(run, question, &answer);
    bool removed = question.method[0] == 'D' && answer.status == 404;
    if (code == EXIT_OK && answer.status >= 400) {
        code = check_both(run, run_argument(run, 0));
        if (code == EXIT_OK && !removed) {
            code = run_fail(run, EXIT_UNAVAILABLE, "%s", answer_reason(&answer));
        }
    }
    answer_finish(&answer);
    json_decref(body);
    return code;
}

static json_t *permissions_of(const struct run *run)
{
    return json_pack("{s:s,s:s,s:s}", "configure", run_argument(run, 1), "write",
                     run_argument(run, 2), "read", run_argument(run, 3));
}

static int set_permissions(struct run *run)
{
    const char *user = run_argument(run, 0);
    run_banner(run, "Setting permissions for user \"%s\" in vhost \"%s\" ...", user,
               run_vhost(run));
    return change(run,
                  (struct question){.method = "PUT",
                                    .path = http_path("permissions", run_vhost(run), user, NULL)},
                  permissions_of(run));
}

/* In every virtual host that there is. */
static int set_permissions_globally(struct run *run)
{
    size_t index;
    json_t *vhost;
    struct answer answer = {.status = 0};
    const char *user = run_argument(run, 0);
    run_banner(run, "Setting permissions for user \"%s\" in all virtual hosts ...", user);
    int code = run_demand(
        run, (struct question){.method = "GET", .path = http_path("vhosts", NULL)}, &answer);
    json_array_foreach(answer.json, index, vhost)
    {
        char *path = http_path("permissions", member_text(vhost, "name"), user, NULL);
        struct question question = {.method = "PUT", .path = path};
        code = change(run, question, permissions_of(run));
        if (code != EXIT_OK) {
            break;
        }
    }
    answer_finish(&answer);
    return code;
}

static int clear_permissions(struct run *run)
{
    const char *user = run_argument(run, 0);
    run_banner(run, "Clearing permissions for user \"%s\" in vhost \"%s\" ...", user,
               run_vhost(run));
    return change(run,
                  (struct question){.method = "DELETE",
                                    .path = http_path("permissions", run_vhost(run), user, NULL)},
                  NULL);
}

static int set_topic_permissions(struct run *run)
{
    const char *user = run_argument(run, 0), *exchange = run_argument(run, 1);
    run_banner(run, "Setting topic permissions on \"%s\" for user \"%s\" in vhost \"%s\" ...",
               exchange, user, run_vhost(run));
    return change(
        run,
        (struct question){.method = "PUT",
                          .path = http_path("topic-permissions", run_vhost(run), user, NULL)},
        json_pack("{s:s,s:s,s:s}", "exchange", exchange, "write", run_argument(run, 2), "read",
                  run_argument(run, 3)));
}

static int clear_topic_permissions(struct run *run)
{
    const char *user = run_argument(run, 0), *exchange = run_argument(run, 1);
    run_banner(run, "Clearing topic permissions%s%s%s for user \"%s\" in vhost \"%s\" ...",
               exchange ? " on \"" : "", exchange ? exchange : "", exchange ? "\"" : "", user,
               run_vhost(run));
    return change(run,
                  (struct question){
                      .method = "DELETE",
                      .path = http_path("topic-permissions", run_vhost(run), user, exchange, NULL)},
                  NULL);
}

#define PLAIN(name)                                                                                \
    {                                                                                              \
        name, name, COLUMN_PLAIN                                                                   \
    }

static const struct column permission_columns[] = {
    PLAIN("user"),  PLAIN("vhost"), PLAIN("configure"),
    PLAIN("write"), PLAIN("read"),  PLAIN("exchange"),
};

#define COLUMNS .columns = permission_columns, .count = 6

static const struct listing of_vhost = {
    .banner = "Listing permissions for vhost \"%s\" ...",
    .path = "permissions",
    .scope = LISTING_OF_VHOST,
    .shown = "user configure write read",
    COLUMNS,
};

static const struct listing of_user = {
    .banner = "Listing permissions for user \"%s\" ...",
    .path = "permissions",
    .scope = LISTING_USER,
    .shown = "vhost configure write read",
    COLUMNS,
};

static const struct listing topic_of_vhost = {
    .banner = "Listing topic permissions for vhost \"%s\" ...",
    .path = "topic-permissions",
    .scope = LISTING_OF_VHOST,
    .shown = "user exchange write read",
    COLUMNS,
};

static const struct listing topic_of_user = {
    .banner = "Listing topic permissions for user \"%s\" ...",
    .path = "topic-permissions",
    .scope = LISTING_USER,
    .shown = "vhost exchange write read",
    COLUMNS,
};

static const struct command commands[] = {
    {.name = "clear_permissions",
     .usage = "[--vhost <vhost>] <username>",
     .help = "Revokes user permissions for a vhost",
     .least = 1,
     .most = 1,
     .run = clear_permissions},
    {.name = "clear_topic_permissions",
     .usage = "[--vhost <vhost>] <username> [<exchange>]",
     .help = "Clears user topic permissions for a vhost or exchange",
     .least = 1,
     .most = 2,
     .run = clear_topic_permissions},
    {.name = "list_permissions",
     .usage = "[--vhost <vhost>] [--no-table-headers]",
     .help = "Lists user permissions in a virtual host",
     .run = listing_run,
     .listing = &of_vhost},
    {.name = "list_topic_permissions",
     .usage = "[--vhost <vhost>] [--no-table-headers]",
     .help = "Lists topic permissions in a virtual host",
     .run = listing_run,
     .listing = &topic_of_vhost},
    {.name = "list_user_permissions",
     .usage = "[--no-table-headers] <username>",
     .help = "Lists permissions of a user across all virtual hosts",
     .least = 1,
     .most = 1,
     .run = listing_run,
     .listing = &of_user},
    {.name = "list_user_topic_permissions",
     .usage = "[--no-table-headers] <username>",
     .help = "Lists user topic permissions",
     .least = 1,
     .most = 1,
     .run = listing_run,
     .listing = &topic_of_user},
    {.name = "set_permissions",
     .usage = "[--vhost <vhost>] <username> <conf> <write> <read>",
     .help = "Sets user permissions for a vhost",
     .least = 4,
     .most = 4,
     .run = set_permissions},
    {.name = "set_permissions_globally",
     .usage = "<username> <conf> <write> <read>",
     .help = "Sets user permissions for all virtual hosts",
     .least = 4,
     .most = 4,
     .run = set_permissions_globally},
    {.name = "set_topic_permissions",
     .usage = "[--vhost <vhost>] <username> <exchange> <write> <read>",
     .help = "Sets user topic permissions for an exchange",
     .least = 4,
     .most = 4,
     .run = set_topic_permissions},
};

const struct command_group group_access = COMMAND_GROUP("Access Control", commands);
