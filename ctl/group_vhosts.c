#include "ctl/groups.h"

#include <string.h>

#include "conf/format.h"
#include "ctl/listing.h"

static char *vhost_path(const char *name)
{
    return http_path("vhosts", name, NULL);
}

/* The words of a list with commas, as an array. */
static json_t *tags_of(const char *text)
{
    json_t *tags = json_array();
    while (*text) {
        size_t len = strcspn(text, ", ");
        json_array_append_new(tags, json_stringn(text, len));
        text += len + strspn(text + len, ", ");
    }
    return tags;
}

static void take_text(struct run *run, const char *option, const char *member, json_t *body)
{
    const char *text = options_value(&run->options, option);
    if (text) {
        json_object_set_new(body, member, json_string(text));
    }
}

static json_t *described(struct run *run)
{
    json_t *body = json_object();
    const char *tags = options_value(&run->options, "tags");
    take_text(run, "description", "description", body);
    take_text(run, "default-queue-type", "default_queue_type", body);
    if (tags) {
        json_object_set_new(body, "tags", tags_of(tags));
    }
    return body;
}

static int add_vhost(struct run *run)
{
    const char *name = run_argument(run, 0);
    run_banner(run, "Adding vhost \"%s\" ...", name);
    return run_change(run, (struct question){.method = "PUT", .path = vhost_path(name)},
                      described(run));
}

/* A request to a virtual host that must be there; takes the body. */
static int change(struct run *run, const char *method, const char *name, json_t *body)
{
    int exists = run_exists(run, vhost_path(name));
    if (exists <= 0) {
        json_decref(body);
        return exists < 0 ? -exists : run_no_vhost(run, name);
    }
    return run_change(run, (struct question){.method = method, .path = vhost_path(name)}, body);
}

static int delete_vhost(struct run *run)
{
    const char *name = run_argument(run, 0);
    run_banner(run, "Deleting vhost \"%s\" ...", name);
    return change(run, "DELETE", name, NULL);
}

static int update_vhost_metadata(struct run *run)
{
    const char *name = run_argument(run, 0);
    run_banner(run, "Updating metadata of vhost \"%s\" ...", name);
    return change(run, "PUT", name, described(run));
}

static int set_vhost_tags(struct run *run)
{
    const char *name = run_argument(run, 0);
    struct bytes text = {0};
    json_t *tags = json_array();
    for (size_t i = 1; i < run->options.argument_count; i++) {
        format_add(&text, "%s%s", i > 1 ? ", " : "", run_argument(run, i));
        json_array_append_new(tags, json_string(run_argument(run, i)));
    }
    run_banner(run, "Setting tags for virtual host \"%s\" to [%.*s] ...", name, (int)text.len,
               (const char *)text.ptr);
    bytes_finish(&text);
    return change(run, "PUT", name, json_pack("{s:o}", "tags", tags));
}

static int trace(struct run *run)
{
    bool on = strcmp(run->command->name, "trace_on") == 0;
    const char *name = run_argument(run, 0) ? run_argument(run, 0) : run_vhost(run);
    run_banner(run, "%s tracing for vhost \"%s\" ...", on ? "Starting" : "Stopping", name);
    int code = change(run, "PUT", name, json_pack("{s:b}", "tracing", on));
    return code == EXIT_OK
               ? run_done(run, "Trace %s for vhost %s", on ? "enabled" : "disabled", name)
               : code;
}

/* What failed can be restarted; nothing fails alone here. */
static int restart_vhost(struct run *run)
{
    run_banner(run, "Trying to restart vhost '%s' on node '%s' ...", run_vhost(run), run_node(run));
    int exists = run_exists(run, vhost_path(run_vhost(run)));
    if (exists <= 0) {
        return exists < 0 ? -exists : run_no_vhost(run, run_vhost(run));
    }
    return run_say(run, "Vhost '%s' is already running on node '%s'", run_vhost(run),
                   run_node(run));
}

#define PLAIN(name)                                                                                \
    {                                                                                              \
        name, name, COLUMN_PLAIN                                                                   \
    }

static const struct column vhost_columns[] = {
    PLAIN("name"), PLAIN("tracing"),       PLAIN("description"),
    PLAIN("tags"), PLAIN("cluster_state"), PLAIN("default_queue_type"),
};

static const struct listing vhosts = {
    .banner = "Listing vhosts ...",
    .path = "vhosts",
    .scope = LISTING_ALL,
    .columns = vhost_columns,
    .count = sizeof vhost_columns / sizeof *vhost_columns,
    .shown = "name",
};

#define METADATA "[--description <text>] [--tags <a,b>] [--default-queue-type <type>]"
#define METADATA_OPTIONS "description= tags= default-queue-type="

static const struct command commands[] = {
    {.name = "add_vhost",
     .usage = "<vhost> " METADATA,
     .help = "Creates a virtual host",
     .options = METADATA_OPTIONS,
     .least = 1,
     .most = 1,
     .run = add_vhost},
    {.name = "delete_vhost",
     .usage = "<vhost>",
     .help = "Deletes a virtual host",
     .least = 1,
     .most = 1,
     .run = delete_vhost},
    {.name = "list_vhosts",
     .usage = "[--no-table-headers] [<column>, ...]",
     .help = "Lists virtual hosts",
     .most = ANY_NUMBER,
     .run = listing_run,
     .listing = &vhosts},
    {.name = "restart_vhost",
     .usage = "[--vhost <vhost>]",
     .help = "Does nothing: virtual hosts do not fail one by one",
     .run = restart_vhost},
    {.name = "set_vhost_tags",
     .usage = "<vhost> <tag> [...]",
     .help = "Sets virtual host tags",
     .least = 1,
     .most = ANY_NUMBER,
     .run = set_vhost_tags},
    {.name = "trace_off",
     .usage = "[--vhost <vhost>]",
     .help = "Stops tracing",
     .most = 1,
     .run = trace},
    {.name = "trace_on",
     .usage = "[--vhost <vhost>]",
     .help = "Publishes copies of all messages of a virtual host to amq.rabbitmq.trace",
     .most = 1,
     .run = trace},
    {.name = "update_vhost_metadata",
     .usage = "<vhost> " METADATA,
     .help = "Updates the description, tags or default queue type of a virtual host",
     .options = METADATA_OPTIONS,
     .least = 1,
     .most = 1,
     .run = update_vhost_metadata},
};

const struct command_group group_vhosts = COMMAND_GROUP("Virtual hosts", commands);
