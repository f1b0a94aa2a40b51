#include "ctl/groups.h"

#include <string.h>

#include "ctl/run.h"

/* What RabbitMQ's tools have since version 4. */

static struct question get(char *path)
{
    return (struct question){.method = "GET", .path = path};
}

/* A check that the API answers with 200, or with 503 and a reason. Returns EXIT_OK if it passed. */
static int check(struct run *run, char *path)
{
    struct answer answer = {.status = 0};
    int code = run_demand(run, get(path), &answer);
    answer_finish(&answer);
    return code;
}

static int check_leaders(struct run *run)
{
    const char *pattern = run_argument(run, 0);
    bool all = options_has(&run->options, "across-all-vhosts");
    if (all) {
        run_banner(run, "Checking leader replicas of quorum queues matching '%s' in all vhosts ...",
                   pattern);
    } else {
        run_banner(run, "Checking leader replicas of quorum queues matching '%s' in vhost %s ...",
                   pattern, run_vhost(run));
    }
    const char *health = "quorum-queues-without-elected-leaders";
    int code = check(
        run, all ? http_path("health", "checks", health, "all-vhosts", "pattern", pattern, NULL)
                 : http_path("health", "checks", health, "vhost", run_vhost(run), "pattern",
                             pattern, NULL));
    return code == EXIT_OK ? run_pass(run,
                                      "Node %s reported all quorum queue as having responsive "
                                      "leader replicas",
                                      run_node(run))
                           : code;
}

static int check_metadata(struct run *run)
{
    bool data = strstr(run->command->name, "with_data") != NULL;
    run_banner(run, "Checking if metadata store on node %s has finished initializing ...",
               run_node(run));
    int code = check(run, http_path("health", "checks", "metadata-store", "initialized",
                                    data ? "with-data" : NULL, NULL));
    return code == EXIT_OK
               ? run_pass(run, "Metadata store on node %s has completed its initialization",
                          run_node(run))
               : code;
}

static int check_replicas(struct run *run)
{
    run_banner(run, "Checking if node %s runs promotable replicas of any queues ...",
               run_node(run));
    int code = check(run, http_path("health", "checks", "node-is-quorum-critical", NULL));
    return code == EXIT_OK
               ? run_pass(run, "Node %s reported no queues with promotable replicas", run_node(run))
               : code;
}

static int check_cluster_size(struct run *run)
{
    run_banner(run, "Checking if target cluster size has been reached on node %s ...",
               run_node(run));
    int code = check(run, http_path("health", "checks", "reached-target-cluster-size", NULL));
    return code == EXIT_OK
               ? run_pass(run, "Target cluster size has been reached on node %s", run_node(run))
               : code;
}

/* All of them run all the time. */
static int reconcile_vhosts(struct run *run)
{
    run_banner(run, "Will try to initiate virtual host reconciliation on all reachable cluster "
                    "nodes...");
    int code = check(run, http_path("health", "checks", "virtual-hosts", NULL));
    return code == EXIT_OK ? run_say(run, "Will reconcile all virtual hosts in the cluster. This "
                                          "operation is asynchronous.")
                           : code;
}

static int reset_statistics(struct run *run)
{
    bool all = options_has(&run->options, "all");
    run_banner(run,
               all ? "Resetting statistics database in all nodes%s"
                   : "Resetting statistics database on node %s",
               all ? "" : run_node(run));
    return run_change(run, (struct question){.method = "DELETE", .path = http_path("reset", NULL)},
                      NULL);
}

static int set_protection(struct run *run)
{
    const char *name = run_argument(run, 0);
    bool enable = run->command->name[0] == 'e';
    run_banner(run,
               enable ? "Protecting virtual host \"%s\" from removal by updating its metadata..."
                      : "Removing deletion protection from virtual host \"%s\" by updating its "
                        "metadata...",
               name);
    int exists = run_exists(run, http_path("vhosts", name, NULL));
    if (exists <= 0) {
        return exists < 0 ? -exists : run_no_vhost(run, name);
    }
    return run_change(
        run,
        (struct question){.method = enable ? "POST" : "DELETE",
                          .path = http_path("vhosts", name, "deletion", "protection", NULL)},
        NULL);
}

static const struct command commands[] = {
    {.name = "check_for_quorum_queues_without_an_elected_leader",
     .usage = "[--vhost <vhost>] [--across-all-vhosts] <pattern>",
     .help = "Always succeeds: the leader of every queue is here",
     .options = "across-all-vhosts",
     .least = 1,
     .most = 1,
     .run = check_leaders},
    {.name = "check_if_metadata_store_is_initialized",
     .usage = "",
     .help = "Succeeds if the broker has started",
     .run = check_metadata},
    {.name = "check_if_metadata_store_is_initialized_with_data",
     .usage = "",
     .help = "Succeeds if the broker has started",
     .run = check_metadata},
    {.name = "check_if_new_quorum_queue_replicas_have_finished_initial_sync",
     .usage = "",
     .help = "Always succeeds: there is a single node",
     .run = check_replicas},
    {.name = "disable_vhost_deletion_protection",
     .usage = "<vhost>",
     .help = "Lets a virtual host be deleted again",
     .least = 1,
     .most = 1,
     .run = set_protection},
    {.name = "enable_vhost_deletion_protection",
     .usage = "<vhost>",
     .help = "Protects a virtual host from deletion",
     .least = 1,
     .most = 1,
     .run = set_protection},
    {.name = "has_reached_target_cluster_size",
     .usage = "",
     .help = "Always succeeds: there is a single node",
     .run = check_cluster_size},
    {.name = "reconcile_vhosts",
     .usage = "",
     .help = "Does nothing: virtual hosts do not fail one by one",
     .run = reconcile_vhosts},
    {.name = "reset_stats_db",
     .usage = "[--all]",
     .help = "Does nothing: statistics are those of the moment",
     .options = "all",
     .run = reset_statistics},
};

const struct command_group group_newer = COMMAND_GROUP("Since RabbitMQ 4", commands);
