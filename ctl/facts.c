#include "ctl/facts.h"

static struct question get(char *path)
{
    return (struct question){.method = "GET", .path = path};
}

int facts_gather(struct run *run, struct facts *facts)
{
    int code = run_demand(run, get(http_path("overview", NULL)), &facts->overview);
    if (code == EXIT_OK) {
        code = run_demand(run, get(http_path("nodes", NULL)), &facts->nodes);
    }
    if (code == EXIT_OK) {
        char *path = http_path("health", "checks", "local-alarms", NULL);
        code = run_ask(run, get(path), &facts->alarms); // 503 if there are some
    }
    if (code == EXIT_OK) {
        code = run_demand(run, get(http_path("feature-flags", NULL)), &facts->flags);
    }
    if (code == EXIT_OK) {
        code = run_demand(run, get(http_path("vhosts", NULL)), &facts->vhosts);
    }
    if (code == EXIT_OK) {
        code = run_demand(run, get(http_path("leveret", "listeners", NULL)), &facts->listeners);
    }
    facts->node = json_array_get(facts->nodes.json, 0);
    return code;
}

void facts_finish(struct facts *facts)
{
    answer_finish(&facts->overview);
    answer_finish(&facts->nodes);
    answer_finish(&facts->alarms);
    answer_finish(&facts->flags);
    answer_finish(&facts->vhosts);
    answer_finish(&facts->listeners);
}

bool facts_suspended(const struct facts *facts)
{
    return json_is_true(json_object_get(facts->listeners.json, "suspended"));
}

long long fact_number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}
