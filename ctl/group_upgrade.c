#include "ctl/groups.h"

#include "ctl/run.h"

static int change(struct run *run, bool suspended)
{
    return run_change(
        run, (struct question){.method = "PUT", .path = http_path("leveret", "listeners", NULL)},
        json_pack("{s:b,s:b}", "suspended", suspended, "close", suspended));
}

/* There is no other node that clients and leaders of queues could go to: nobody gets in, and who
 * was there is gone. */
static int drain(struct run *run)
{
    run_banner(run,
               "Will put node %s into maintenance mode. The node will no longer serve any client "
               "traffic!",
               run_node(run));
    return change(run, true);
}

static int revive(struct run *run)
{
    run_banner(run,
               "Will put node %s back into regular operating mode. The node will again serve "
               "client traffic and host primary queue replicas.",
               run_node(run));
    return change(run, false);
}

static int await_mirror(struct run *run)
{
    struct answer answer = {.status = 0};
    run_banner(run, "Will wait for a synchronised mirror be online for all classic mirrored queues "
                    "for 120 seconds...");
    int code = run_demand(
        run, (struct question){.method = "GET", .path = http_path("whoami", NULL)}, &answer);
    answer_finish(&answer);
    return code == EXIT_OK ? run_say(run, "Target node seems to be the only one in a single node "
                                          "cluster, the command does not apply")
                           : code;
}

static int post_upgrade(struct run *run)
{
    run_banner(run, "Executing post upgrade tasks...");
    return run_change(
        run, (struct question){.method = "POST", .path = http_path("rebalance", "queues", NULL)},
        NULL);
}

static const struct command commands[] = {
    {.name = "await_online_synchronized_mirror",
     .usage = "",
     .help = "Always succeeds: there is a single node",
     .run = await_mirror},
    {.name = "drain",
     .usage = "",
     .help = "Closes all connections and lets no client connect, until revive",
     .run = drain},
    {.name = "post_upgrade",
     .usage = "",
     .help = "Does nothing: there is a single node",
     .run = post_upgrade},
    {.name = "revive", .usage = "", .help = "Lets clients connect again", .run = revive},
};

const struct command_group group_upgrade = COMMAND_GROUP("Upgrade", commands);
