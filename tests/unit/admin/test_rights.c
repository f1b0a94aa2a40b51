#include "tests/unit/admin/api_kit.h"

#include <stdio.h>

#include "admin/routes.h"
#include "base/bytes.h"

/* Who may ask what, for every route there is: by tags, and whether the virtual host of the path is
 * one that the user has permissions in. The letters are those that RabbitMQ 3.10.8 lets in, with
 * its plugins, where it has the path: (n)o tag, (m)anagement, (p)olicymaker, m(o)nitoring,
 * (a)dministrator. Two rows are ours: RabbitMQ lets everybody ask for the consumers of a virtual
 * host, and shows none that he may not see; and it tests the aliveness of none that an
 * administrator has no permissions in. */
static const struct {
    enum http_method method;
    const char *path;
    const char *own;   // who is let in, in a virtual host of his own
    const char *other; // and in another; NULL: the path names none
} rows[] = {
    {HTTP_GET, "/api/overview", "mpoa", NULL},
    {HTTP_GET, "/api/cluster-name", "mpoa", NULL},
    {HTTP_PUT, "/api/cluster-name", "a", NULL},
    {HTTP_GET, "/api/whoami", "mpoa", NULL},
    {HTTP_GET, "/api/extensions", "mpoa", NULL},
    {HTTP_GET, "/api/feature-flags", "a", NULL},
    {HTTP_PUT, "/api/feature-flags/:name/enable", "a", NULL},
    {HTTP_GET, "/api/deprecated-features", "mpoa", NULL},
    {HTTP_GET, "/api/deprecated-features/used", "mpoa", NULL},
    {HTTP_GET, "/api/nodes", "oa", NULL},
    {HTTP_GET, "/api/nodes/:node", "oa", NULL},
    {HTTP_GET, "/api/version", "mpoa", NULL},
    {HTTP_POST, "/api/login", "", NULL},
    {HTTP_GET, "/api/nodes/:node/memory", "oa", NULL},
    {HTTP_GET, "/api/nodes/:node/memory/relative", "oa", NULL},
    {HTTP_POST, "/api/vhosts/:vhost/start/:node", "a", "a"},
    {HTTP_GET, "/api/topic-permissions/:vhost/:user/:exchange", "a", "a"},
    {HTTP_GET, "/api/health/checks/metadata-store/initialized", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/metadata-store/initialized/with-data", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/reached-target-cluster-size", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/quorum-queues-without-elected-leaders/all-vhosts", "mpoa", NULL},
    {HTTP_GET,
     "/api/health/checks/quorum-queues-without-elected-leaders/all-vhosts/pattern/:pattern", "mpoa",
     NULL},
    {HTTP_GET, "/api/health/checks/below-node-connection-limit", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/quorum-queues-without-elected-leaders/vhost/:vhost", "mpoa",
     "mpoa"},
    {HTTP_GET,
     "/api/health/checks/quorum-queues-without-elected-leaders/vhost/:vhost/pattern/:pattern",
     "mpoa", "mpoa"},
    {HTTP_DELETE, "/api/reset/:node", "a", NULL},
    {HTTP_GET, "/api/vhosts", "mpoa", NULL},
    {HTTP_GET, "/api/vhosts/:vhost", "a", "a"},
    {HTTP_GET, "/api/vhosts/:vhost/permissions", "a", "a"},
    {HTTP_GET, "/api/vhosts/:vhost/topic-permissions", "a", "a"},
    {HTTP_GET, "/api/vhosts/:vhost/connections", "mpoa", "a"},
    {HTTP_GET, "/api/vhosts/:vhost/channels", "mpoa", "a"},
    {HTTP_GET, "/api/users", "a", NULL},
    {HTTP_GET, "/api/users/without-permissions", "a", NULL},
    {HTTP_GET, "/api/users/:user", "a", NULL},
    {HTTP_GET, "/api/users/:user/permissions", "a", NULL},
    {HTTP_GET, "/api/users/:user/topic-permissions", "a", NULL},
    {HTTP_GET, "/api/permissions", "a", NULL},
    {HTTP_GET, "/api/permissions/:vhost/:user", "a", "a"},
    {HTTP_GET, "/api/topic-permissions", "a", NULL},
    {HTTP_GET, "/api/topic-permissions/:vhost/:user", "a", "a"},
    {HTTP_GET, "/api/exchanges", "mpoa", NULL},
    {HTTP_GET, "/api/exchanges/:vhost", "mpoa", "a"},
    {HTTP_GET, "/api/exchanges/:vhost/:exchange", "mpoa", "a"},
    {HTTP_GET, "/api/exchanges/:vhost/:exchange/bindings/source", "mpoa", "a"},
    {HTTP_GET, "/api/exchanges/:vhost/:exchange/bindings/destination", "mpoa", "a"},
    {HTTP_GET, "/api/queues", "mpoa", NULL},
    {HTTP_GET, "/api/queues/detailed", "mpoa", NULL},
    {HTTP_GET, "/api/queues/:vhost", "mpoa", "a"},
    {HTTP_GET, "/api/queues/:vhost/:queue", "mpoa", "a"},
    {HTTP_GET, "/api/queues/:vhost/:queue/bindings", "mpoa", "a"},
    {HTTP_GET, "/api/bindings", "mpoa", NULL},
    {HTTP_GET, "/api/bindings/:vhost", "mpoa", "a"},
    {HTTP_GET, "/api/bindings/:vhost/e/:source/q/:destination", "mpoa", "a"},
    {HTTP_GET, "/api/bindings/:vhost/e/:source/e/:destination", "mpoa", "a"},
    {HTTP_GET, "/api/bindings/:vhost/e/:source/q/:destination/:key", "mpoa", "a"},
    {HTTP_GET, "/api/bindings/:vhost/e/:source/e/:destination/:key", "mpoa", "a"},
    {HTTP_GET, "/api/connections", "mpoa", NULL},
    {HTTP_GET, "/api/connections/username/:user", "mpoa", NULL},
    {HTTP_GET, "/api/connections/:connection", "mpoa", NULL},
    {HTTP_GET, "/api/connections/:connection/channels", "mpoa", NULL},
    {HTTP_GET, "/api/channels", "mpoa", NULL},
    {HTTP_GET, "/api/channels/:channel", "mpoa", NULL},
    {HTTP_GET, "/api/consumers", "mpoa", NULL},
    {HTTP_GET, "/api/consumers/:vhost", "mpoa", "a"},
    {HTTP_GET, "/api/policies", "mpoa", NULL},
    {HTTP_GET, "/api/policies/:vhost", "mpoa", "a"},
    {HTTP_GET, "/api/policies/:vhost/:name", "pa", "a"},
    {HTTP_PUT, "/api/policies/:vhost/:name", "pa", "a"},
    {HTTP_DELETE, "/api/policies/:vhost/:name", "pa", "a"},
    {HTTP_GET, "/api/operator-policies", "mpoa", NULL},
    {HTTP_GET, "/api/operator-policies/:vhost", "mpoa", "a"},
    {HTTP_GET, "/api/operator-policies/:vhost/:name", "a", "a"},
    {HTTP_PUT, "/api/operator-policies/:vhost/:name", "a", "a"},
    {HTTP_DELETE, "/api/operator-policies/:vhost/:name", "a", "a"},
    {HTTP_GET, "/api/parameters", "pa", NULL},
    {HTTP_GET, "/api/parameters/:component", "pa", NULL},
    {HTTP_GET, "/api/parameters/:component/:vhost", "pa", "a"},
    {HTTP_GET, "/api/parameters/:component/:vhost/:name", "pa", "a"},
    {HTTP_PUT, "/api/parameters/:component/:vhost/:name", "pa", "a"},
    {HTTP_DELETE, "/api/parameters/:component/:vhost/:name", "pa", "a"},
    {HTTP_GET, "/api/global-parameters", "pa", NULL},
    {HTTP_GET, "/api/global-parameters/:name", "pa", NULL},
    {HTTP_PUT, "/api/global-parameters/:name", "pa", NULL},
    {HTTP_DELETE, "/api/global-parameters/:name", "pa", NULL},
    {HTTP_GET, "/api/vhost-limits", "mpoa", NULL},
    {HTTP_GET, "/api/vhost-limits/:vhost", "mpoa", "oa"},
    {HTTP_PUT, "/api/vhost-limits/:vhost/:name", "a", "a"},
    {HTTP_DELETE, "/api/vhost-limits/:vhost/:name", "a", "a"},
    {HTTP_GET, "/api/user-limits", "mpoa", NULL},
    {HTTP_GET, "/api/user-limits/:user", "mpoa", NULL},
    {HTTP_PUT, "/api/user-limits/:user/:name", "a", NULL},
    {HTTP_DELETE, "/api/user-limits/:user/:name", "a", NULL},
    {HTTP_GET, "/api/definitions", "a", NULL},
    {HTTP_GET, "/api/all-configuration", "a", NULL},
    {HTTP_GET, "/api/definitions/:vhost", "a", "a"},
    {HTTP_GET, "/api/healthchecks/node", "mpoa", NULL},
    {HTTP_GET, "/api/healthchecks/node/:node", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/alarms", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/local-alarms", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/virtual-hosts", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/is-in-service", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/ready-to-serve-clients", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/node-is-quorum-critical", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/node-is-mirror-sync-critical", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/certificate-expiration/:within/:unit", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/port-listener/:port", "mpoa", NULL},
    {HTTP_GET, "/api/health/checks/protocol-listener/:protocol", "mpoa", NULL},
    {HTTP_PUT, "/api/vhosts/:vhost", "a", "a"},
    {HTTP_DELETE, "/api/vhosts/:vhost", "a", "a"},
    {HTTP_POST, "/api/users/bulk-delete", "a", NULL},
    {HTTP_PUT, "/api/users/:user", "a", NULL},
    {HTTP_DELETE, "/api/users/:user", "a", NULL},
    {HTTP_PUT, "/api/permissions/:vhost/:user", "a", "a"},
    {HTTP_DELETE, "/api/permissions/:vhost/:user", "a", "a"},
    {HTTP_PUT, "/api/topic-permissions/:vhost/:user", "a", "a"},
    {HTTP_DELETE, "/api/topic-permissions/:vhost/:user", "a", "a"},
    {HTTP_PUT, "/api/topic-permissions/:vhost/:user/:exchange", "a", "a"},
    {HTTP_DELETE, "/api/topic-permissions/:vhost/:user/:exchange", "a", "a"},
    {HTTP_PUT, "/api/exchanges/:vhost/:exchange", "mpoa", ""},
    {HTTP_DELETE, "/api/exchanges/:vhost/:exchange", "mpoa", "a"},
    {HTTP_POST, "/api/exchanges/:vhost/:exchange/publish", "mpoa", "a"},
    {HTTP_PUT, "/api/queues/:vhost/:queue", "mpoa", ""},
    {HTTP_DELETE, "/api/queues/:vhost/:queue", "mpoa", "a"},
    {HTTP_DELETE, "/api/queues/:vhost/:queue/contents", "mpoa", "a"},
    {HTTP_POST, "/api/queues/:vhost/:queue/get", "mpoa", "a"},
    {HTTP_POST, "/api/queues/:vhost/:queue/actions", "a", "a"},
    {HTTP_POST, "/api/bindings/:vhost/e/:source/q/:destination", "mpoa", ""},
    {HTTP_POST, "/api/bindings/:vhost/e/:source/e/:destination", "mpoa", ""},
    {HTTP_DELETE, "/api/bindings/:vhost/e/:source/q/:destination/:key", "mpoa", "a"},
    {HTTP_DELETE, "/api/bindings/:vhost/e/:source/e/:destination/:key", "mpoa", "a"},
    {HTTP_DELETE, "/api/connections/:connection", "mpoa", NULL},
    {HTTP_DELETE, "/api/connections/username/:user", "mpoa", NULL},
    {HTTP_POST, "/api/definitions", "a", NULL},
    {HTTP_POST, "/api/all-configuration", "a", NULL},
    {HTTP_POST, "/api/definitions/:vhost", "a", "a"},
    {HTTP_GET, "/api/aliveness-test/:vhost", "mpoa", "a"},
    {HTTP_POST, "/api/rebalance/queues", "a", NULL},
    {HTTP_DELETE, "/api/reset", "a", NULL},
    {HTTP_GET, "/api/auth", "nmpoa", NULL},
    {HTTP_GET, "/api/auth/hash_password/:password", "mpoa", NULL},
    {HTTP_GET, "/api/auth/attempts/:node", "oa", NULL},
    {HTTP_DELETE, "/api/auth/attempts/:node", "oa", NULL},
    {HTTP_GET, "/api/auth/attempts/:node/source", "oa", NULL},
    {HTTP_DELETE, "/api/auth/attempts/:node/source", "oa", NULL},
    {HTTP_GET, "/api/leveret/listeners", "oa", NULL},
    {HTTP_PUT, "/api/leveret/listeners", "a", NULL},
    {HTTP_POST, "/api/leveret/reset", "a", NULL},
    {HTTP_GET, "/api/leveret/settings", "a", NULL},
    {HTTP_PUT, "/api/leveret/settings", "a", NULL},
    {HTTP_GET, "/api/leveret/queues/:vhost/:queue/messages/:position", "mpoa", ""},
    {HTTP_GET, "/api/config/effective", "a", NULL},
    {HTTP_GET, "/cli", "nmpoa", NULL},
    {HTTP_GET, "/cli/index.html", "nmpoa", NULL},
    {HTTP_GET, "/cli/rabbitmqadmin", "nmpoa", NULL},
    {HTTP_GET, "/api/shovels", "oa", NULL},
    {HTTP_GET, "/api/shovels/:vhost", "oa", "oa"},
    {HTTP_GET, "/api/shovels/vhost/:vhost/:name", "oa", "oa"},
    {HTTP_DELETE, "/api/shovels/vhost/:vhost/:name", "pa", "a"},
    {HTTP_GET, "/api/shovels/vhost/:vhost/:name/restart", "oa", "oa"},
    {HTTP_DELETE, "/api/shovels/vhost/:vhost/:name/restart", "pa", "a"},
    {HTTP_GET, "/api/federation-links", "oa", NULL},
    {HTTP_DELETE, "/api/federation-links", "oa", NULL},
    {HTTP_GET, "/api/federation-links/:vhost", "oa", "oa"},
    {HTTP_DELETE, "/api/federation-links/:vhost", "oa", "oa"},
    {HTTP_GET, "/api/federation-links/state/down", "oa", NULL},
    {HTTP_DELETE, "/api/federation-links/state/down", "oa", NULL},
    {HTTP_GET, "/api/federation-links/:vhost/state/down", "oa", "oa"},
    {HTTP_DELETE, "/api/federation-links/:vhost/state/down", "oa", "oa"},
    {HTTP_GET, "/api/federation-links/vhost/:vhost/:id/:node/restart", "oa", "oa"},
    {HTTP_DELETE, "/api/federation-links/vhost/:vhost/:id/:node/restart", "pa", "a"},
    {HTTP_GET, "/api/stream/connections", "mpoa", NULL},
    {HTTP_GET, "/api/stream/connections/:vhost", "mpoa", "oa"},
    {HTTP_GET, "/api/stream/connections/:vhost/:connection", "mpoa", "mpoa"},
    {HTTP_DELETE, "/api/stream/connections/:vhost/:connection", "mpoa", "mpoa"},
    {HTTP_GET, "/api/stream/connections/:vhost/:connection/consumers", "mpoa", "mpoa"},
    {HTTP_GET, "/api/stream/connections/:vhost/:connection/publishers", "mpoa", "mpoa"},
    {HTTP_GET, "/api/stream/consumers", "mpoa", NULL},
    {HTTP_GET, "/api/stream/consumers/:vhost", "mpoa", "mpoa"},
    {HTTP_GET, "/api/stream/publishers", "mpoa", NULL},
    {HTTP_GET, "/api/stream/publishers/:vhost", "mpoa", "mpoa"},
    {HTTP_GET, "/api/stream/publishers/:vhost/:queue", "mpoa", "mpoa"},
    {HTTP_GET, "/api/stream/:vhost/:queue/tracking", "mpoa", "a"},
    {HTTP_PUT, "/api/stream/super-streams/:vhost/:name", "mpoa", ""},
    {HTTP_GET, "/api/traces", "a", NULL},
    {HTTP_GET, "/api/traces/:vhost", "a", "a"},
    {HTTP_GET, "/api/traces/:vhost/:name", "a", "a"},
    {HTTP_PUT, "/api/traces/:vhost/:name", "a", "a"},
    {HTTP_DELETE, "/api/traces/:vhost/:name", "a", "a"},
    {HTTP_GET, "/api/traces/node/:node", "a", NULL},
    {HTTP_GET, "/api/traces/node/:node/:vhost", "a", "a"},
    {HTTP_GET, "/api/traces/node/:node/:vhost/:name", "a", "a"},
    {HTTP_PUT, "/api/traces/node/:node/:vhost/:name", "a", "a"},
    {HTTP_DELETE, "/api/traces/node/:node/:vhost/:name", "a", "a"},
    {HTTP_GET, "/api/trace-files", "a", NULL},
    {HTTP_GET, "/api/trace-files/:name", "a", NULL},
    {HTTP_DELETE, "/api/trace-files/:name", "a", NULL},
    {HTTP_GET, "/api/trace-files/node/:node", "a", NULL},
    {HTTP_GET, "/api/trace-files/node/:node/:name", "a", NULL},
    {HTTP_DELETE, "/api/trace-files/node/:node/:name", "a", NULL},
    {HTTP_GET, "/api/top/:node", "a", NULL},
    {HTTP_GET, "/api/top/ets/:node", "a", NULL},
    {HTTP_GET, "/api/process/:pid", "a", NULL},
    {HTTP_DELETE, "/api/login", "nmpoa", NULL},
    {HTTP_GET, "/api/nodes/:node/memory/ets", "oa", NULL},
    {HTTP_GET, "/api/nodes/:node/memory/ets/relative", "oa", NULL},
    {HTTP_GET, "/api/nodes/:node/memory/ets/:filter", "oa", NULL},
    {HTTP_GET, "/api/nodes/:node/memory/ets/:filter/relative", "oa", NULL},
    {HTTP_GET, "/api/users/:user/queues", "mpoa", NULL},
    {HTTP_GET, "/api/connections/:connection/sessions", "mpoa", NULL},
    {HTTP_GET, "/api/vhosts/:vhost/deletion/protection", "a", "a"},
    {HTTP_POST, "/api/vhosts/:vhost/deletion/protection", "a", "a"},
    {HTTP_DELETE, "/api/vhosts/:vhost/deletion/protection", "a", "a"},
    {HTTP_GET, "/api/queues/quorum/:vhost/:queue/status", "mpoa", "a"},
    {HTTP_POST, "/api/queues/quorum/:vhost/:queue/replicas/add", "a", "a"},
    {HTTP_DELETE, "/api/queues/quorum/:vhost/:queue/replicas/delete", "a", "a"},
    {HTTP_POST, "/api/queues/quorum/replicas/on/:node/grow", "a", NULL},
    {HTTP_DELETE, "/api/queues/quorum/replicas/on/:node/shrink", "a", NULL},
    {HTTP_GET, "/metrics", "oa", NULL},
    {HTTP_GET, "/metrics/per-object", "oa", NULL},
    {HTTP_GET, "/metrics/detailed", "oa", NULL},
    {HTTP_GET, "/metrics/memory-breakdown", "oa", NULL},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

static const struct {
    char letter;
    const char *name;
    const char *tags;
} users[] = {{'n', "none", ""},
             {'m', "m", "management"},
             {'p', "p", "policymaker"},
             {'o', "o", "monitoring"},
             {'a', "a", "administrator"}};

static struct api_kit kit;

/* A path with something in place of its variable parts. Nothing of that name is there. */
static void fill_in(const char *path, const char *vhost, struct bytes *out)
{
    while (*path) {
        size_t plain = strcspn(path, ":"), name = strcspn(path + plain, "/");
        bytes_add(out, (struct slice){(const uint8_t *)path, plain});
        path += plain;
        if (strncmp(path, ":vhost", 6) == 0) {
            bytes_add(out, (struct slice){(const uint8_t *)vhost, strlen(vhost)});
        } else if (name > 0 && *path) {
            bytes_add(out, SLICE("1"));
        }
        path += name;
    }
    bytes_add_u8(out, '\0');
}

static const char *method_name(enum http_method method)
{
    static const char *const names[] = {
#define M(name) #name,
        HTTP_METHODS(M)
#undef M
    };
    return names[method];
}

/* What would do something, to all that is asked after it: only who may not is asked. */
static bool takes_the_ground_away(size_t i)
{
    return rows[i].method != HTTP_GET &&
           (strstr(rows[i].path, "leveret/") ||
            (rows[i].method == HTTP_DELETE && strcmp(rows[i].path, "/api/vhosts/:vhost") == 0));
}

static void check_row(size_t i, const char *vhost, const char *letters)
{
    struct bytes path = {0};
    char line[512];
    bool reads = rows[i].method == HTTP_GET;
    fill_in(rows[i].path, vhost, &path);
    snprintf(line, sizeof line, "%s %s", method_name(rows[i].method), (const char *)path.ptr);
    for (size_t k = 0; k < sizeof users / sizeof *users; k++) {
        bool expected = strchr(letters, users[k].letter);
        if (!expected || !takes_the_ground_away(i)) {
            unsigned status = api_ask(&kit, users[k].name, line, reads ? NULL : "{}");
            cr_expect_eq(status != 401, expected, "%s as %s: %u", line, users[k].name, status);
        }
    }
    bytes_finish(&path);
}

static void setup(void)
{
    api_kit_start(&kit);
    api_kit_add_vhost(&kit, "own");
    api_kit_add_vhost(&kit, "other");
    for (size_t k = 0; k < sizeof users / sizeof *users; k++) {
        api_kit_add_user(&kit, users[k].name, users[k].tags);
        api_kit_permit(&kit, users[k].name, "own");
    }
}

static void teardown(void)
{
    api_kit_stop(&kit);
}

TestSuite(rights, .init = setup, .fini = teardown);

Test(rights, everybody_may_what_rabbitmq_lets_him)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        check_row(i, "own", rows[i].own);
        if (rows[i].other) {
            check_row(i, "other", rows[i].other);
        }
    }
}

Test(rights, every_route_has_a_row)
{
    size_t count;
    const struct route *routes = routes_all(&count);
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t k = 0; k < ROW_COUNT && !found; k++) {
            found = rows[k].method == routes[i].method && strcmp(rows[k].path, routes[i].path) == 0;
        }
        cr_expect(found, "%s %s", method_name(routes[i].method), routes[i].path);
    }
}
