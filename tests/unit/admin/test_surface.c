#include <stdio.h>
#include <string.h>

#include "tests/unit/admin/api_kit.h"

/* The paths and methods that RabbitMQ 4 has, with all of its plugins that have any. */
static const struct {
    const char *methods;
    const char *path;
} rows[] = {
    {"GET", "/api/aliveness-test/:vhost"},
    {"GET POST", "/api/all-configuration"},
    {"GET DELETE", "/api/auth/attempts/:node"},
    {"GET DELETE", "/api/auth/attempts/:node/source"},
    {"GET", "/api/auth/hash_password/:password"},
    {"GET", "/api/bindings"},
    {"GET", "/api/bindings/:vhost"},
    {"GET POST", "/api/bindings/:vhost/e/:source/:dtype/:destination"},
    {"GET DELETE", "/api/bindings/:vhost/e/:source/:dtype/:destination/:props"},
    {"GET", "/api/channels"},
    {"GET", "/api/channels/:channel"},
    {"GET PUT", "/api/cluster-name"},
    {"GET", "/api/config/effective"},
    {"GET", "/api/connections"},
    {"GET DELETE", "/api/connections/:connection"},
    {"GET", "/api/connections/:connection/channels"},
    {"GET", "/api/connections/:connection/sessions"},
    {"GET DELETE", "/api/connections/username/:username"},
    {"GET", "/api/consumers"},
    {"GET", "/api/consumers/:vhost"},
    {"GET POST", "/api/definitions"},
    {"GET POST", "/api/definitions/:vhost"},
    {"GET", "/api/deprecated-features"},
    {"GET", "/api/deprecated-features/used"},
    {"GET", "/api/exchanges"},
    {"GET", "/api/exchanges/:vhost"},
    {"GET PUT DELETE", "/api/exchanges/:vhost/:exchange"},
    {"GET", "/api/exchanges/:vhost/:exchange/bindings/destination"},
    {"GET", "/api/exchanges/:vhost/:exchange/bindings/source"},
    {"POST", "/api/exchanges/:vhost/:exchange/publish"},
    {"GET", "/api/extensions"},
    {"GET", "/api/feature-flags"},
    {"PUT", "/api/feature-flags/:name/enable"},
    {"GET DELETE", "/api/federation-links"},
    {"GET DELETE", "/api/federation-links/:vhost"},
    {"GET DELETE", "/api/federation-links/:vhost/state/down"},
    {"GET DELETE", "/api/federation-links/state/down/"},
    {"GET DELETE", "/api/federation-links/vhost/:vhost/:id/:node/restart"},
    {"GET", "/api/global-parameters"},
    {"GET PUT DELETE", "/api/global-parameters/:name"},
    {"GET", "/api/health/checks/alarms"},
    {"GET", "/api/health/checks/below-node-connection-limit"},
    {"GET", "/api/health/checks/certificate-expiration/:within/:unit"},
    {"GET", "/api/health/checks/is-in-service"},
    {"GET", "/api/health/checks/local-alarms"},
    {"GET", "/api/health/checks/metadata-store/initialized"},
    {"GET", "/api/health/checks/metadata-store/initialized/with-data"},
    {"GET", "/api/health/checks/node-is-quorum-critical"},
    {"GET", "/api/health/checks/port-listener/:port"},
    {"GET", "/api/health/checks/protocol-listener/:protocols"},
    {"GET", "/api/health/checks/quorum-queues-without-elected-leaders/all-vhosts/"},
    {"GET", "/api/health/checks/quorum-queues-without-elected-leaders/all-vhosts/pattern/:pattern"},
    {"GET", "/api/health/checks/quorum-queues-without-elected-leaders/vhost/:vhost/"},
    {"GET",
     "/api/health/checks/quorum-queues-without-elected-leaders/vhost/:vhost/pattern/:pattern"},
    {"GET", "/api/health/checks/reached-target-cluster-size"},
    {"GET", "/api/health/checks/ready-to-serve-clients"},
    {"GET", "/api/health/checks/virtual-hosts"},
    {"GET", "/api/healthchecks/node"},
    {"GET", "/api/healthchecks/node/:node"},
    {"POST DELETE", "/api/login"},
    {"GET", "/api/nodes"},
    {"GET", "/api/nodes/:node"},
    {"GET", "/api/nodes/:node/memory"},
    {"GET", "/api/nodes/:node/memory/ets"},
    {"GET", "/api/nodes/:node/memory/ets/:filter"},
    {"GET", "/api/nodes/:node/memory/ets/:filter/relative"},
    {"GET", "/api/nodes/:node/memory/ets/relative"},
    {"GET", "/api/nodes/:node/memory/relative"},
    {"GET", "/api/operator-policies"},
    {"GET", "/api/operator-policies/:vhost"},
    {"GET PUT DELETE", "/api/operator-policies/:vhost/:name"},
    {"GET", "/api/overview"},
    {"GET", "/api/parameters"},
    {"GET", "/api/parameters/:component"},
    {"GET", "/api/parameters/:component/:vhost"},
    {"GET PUT DELETE", "/api/parameters/:component/:vhost/:name"},
    {"GET", "/api/permissions"},
    {"GET PUT DELETE", "/api/permissions/:vhost/:user"},
    {"GET", "/api/policies"},
    {"GET", "/api/policies/:vhost"},
    {"GET PUT DELETE", "/api/policies/:vhost/:name"},
    {"GET", "/api/process/:pid"},
    {"GET", "/api/queues"},
    {"GET", "/api/queues/:vhost"},
    {"GET", "/api/queues/:vhost/:destination/bindings"},
    {"GET PUT DELETE", "/api/queues/:vhost/:queue"},
    {"POST", "/api/queues/:vhost/:queue/actions"},
    {"DELETE", "/api/queues/:vhost/:queue/contents"},
    {"POST", "/api/queues/:vhost/:queue/get"},
    {"GET", "/api/queues/detailed"},
    {"POST", "/api/queues/quorum/:vhost/:queue/replicas/add"},
    {"DELETE", "/api/queues/quorum/:vhost/:queue/replicas/delete"},
    {"GET", "/api/queues/quorum/:vhost/:queue/status"},
    {"POST", "/api/queues/quorum/replicas/on/:node/grow"},
    {"DELETE", "/api/queues/quorum/replicas/on/:node/shrink"},
    {"POST", "/api/rebalance/queues"},
    {"DELETE", "/api/reset"},
    {"DELETE", "/api/reset/:node"},
    {"GET", "/api/shovels"},
    {"GET", "/api/shovels/:vhost"},
    {"GET DELETE", "/api/shovels/vhost/:vhost/:name"},
    {"GET DELETE", "/api/shovels/vhost/:vhost/:name/restart"},
    {"GET", "/api/stream/:vhost/:queue/tracking"},
    {"GET", "/api/stream/connections"},
    {"GET", "/api/stream/connections/:vhost"},
    {"GET DELETE", "/api/stream/connections/:vhost/:connection"},
    {"GET", "/api/stream/connections/:vhost/:connection/consumers"},
    {"GET", "/api/stream/connections/:vhost/:connection/publishers"},
    {"GET", "/api/stream/consumers"},
    {"GET", "/api/stream/consumers/:vhost"},
    {"GET", "/api/stream/publishers"},
    {"GET", "/api/stream/publishers/:vhost"},
    {"GET", "/api/stream/publishers/:vhost/:queue"},
    {"PUT", "/api/stream/super-streams/:vhost/:name"},
    {"GET", "/api/top/:node"},
    {"GET", "/api/top/ets/:node"},
    {"GET", "/api/topic-permissions"},
    {"GET PUT DELETE", "/api/topic-permissions/:vhost/:user"},
    {"GET PUT DELETE", "/api/topic-permissions/:vhost/:user/:exchange"},
    {"GET", "/api/trace-files"},
    {"GET DELETE", "/api/trace-files/:name"},
    {"GET", "/api/trace-files/node/:node"},
    {"GET DELETE", "/api/trace-files/node/:node/:name"},
    {"GET", "/api/traces"},
    {"GET", "/api/traces/:vhost"},
    {"GET PUT DELETE", "/api/traces/:vhost/:name"},
    {"GET", "/api/traces/node/:node"},
    {"GET", "/api/traces/node/:node/:vhost"},
    {"GET PUT DELETE", "/api/traces/node/:node/:vhost/:name"},
    {"GET", "/api/user-limits"},
    {"GET", "/api/user-limits/:user"},
    {"PUT DELETE", "/api/user-limits/:user/:name"},
    {"GET", "/api/users"},
    {"GET PUT DELETE", "/api/users/:user"},
    {"GET", "/api/users/:user/permissions"},
    {"GET", "/api/users/:user/queues"},
    {"GET", "/api/users/:user/topic-permissions"},
    {"POST", "/api/users/bulk-delete"},
    {"GET", "/api/users/without-permissions"},
    {"GET", "/api/version"},
    {"GET", "/api/vhost-limits"},
    {"GET", "/api/vhost-limits/:vhost"},
    {"PUT DELETE", "/api/vhost-limits/:vhost/:name"},
    {"GET", "/api/vhosts"},
    {"GET PUT DELETE", "/api/vhosts/:vhost"},
    {"GET", "/api/vhosts/:vhost/channels"},
    {"GET", "/api/vhosts/:vhost/connections"},
    {"GET POST DELETE", "/api/vhosts/:vhost/deletion/protection"},
    {"GET", "/api/vhosts/:vhost/permissions"},
    {"POST", "/api/vhosts/:vhost/start/:node"},
    {"GET", "/api/vhosts/:vhost/topic-permissions"},
    {"GET", "/api/whoami"},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

static struct api_kit kit;

static void start(void)
{
    api_kit_start(&kit);
}

static void stop(void)
{
    api_kit_stop(&kit);
}

TestSuite(surface, .init = start, .fini = stop);

/* A path with names in place of its variable parts; nothing is called that. */
static void fill_in(const char *path, char *out)
{
    for (; *path; path++) {
        if (*path == ':') {
            *out++ = strncmp(path, ":dtype", 6) == 0 ? 'q' : 'x';
            path += strcspn(path, "/") - 1;
        } else {
            *out++ = *path;
        }
    }
    *out = '\0';
}

static bool has_word(const char *words, const char *word, size_t len)
{
    for (const char *at = words; *at; at += strcspn(at, ", "), at += strspn(at, ", ")) {
        if (strcspn(at, ", ") == len && memcmp(at, word, len) == 0) {
            return true;
        }
    }
    return false;
}

/* What the answer to OPTIONS allows. */
static const char *allowed(const char *path, char *out, size_t size)
{
    char line[300];
    snprintf(line, sizeof line, "OPTIONS %s", path);
    cr_expect_eq(api_ask(&kit, "guest", line, NULL), 200, "%s", line);
    snprintf(out, size, "%.*s", (int)kit.reply.allow.len, (const char *)kit.reply.allow.ptr);
    return out;
}

Test(surface, every_path_has_every_method_that_rabbitmq_has)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        char path[200], methods[100];
        fill_in(rows[i].path, path);
        allowed(path, methods, sizeof methods);
        for (const char *at = rows[i].methods; *at; at += strspn(at, " ")) {
            size_t len = strcspn(at, " ");
            cr_expect(has_word(methods, at, len), "%.*s %s: %s", (int)len, at, path, methods);
            at += len;
        }
        cr_expect(has_word(methods, "OPTIONS", 7), "%s: %s", path, methods);
        cr_expect_eq(has_word(methods, "GET", 3), has_word(methods, "HEAD", 4), "%s", path);
    }
}

/* OPTIONS is answered for any path: what is asked for must be found as well. */
Test(surface, nothing_is_refused_for_its_method_or_path)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        char path[200], line[300];
        fill_in(rows[i].path, path);
        for (const char *at = rows[i].methods; *at; at += strspn(at, " ")) {
            size_t len = strcspn(at, " ");
            snprintf(line, sizeof line, "%.*s %s", (int)len, at, path);
            api_ask(&kit, NULL, line, len == 3 ? NULL : "{}");
            cr_expect(kit.reply.status != 404 && kit.reply.status != 405, "%s: %u", line,
                      kit.reply.status);
            at += len;
        }
    }
}

Test(surface, other_methods_are_not_allowed)
{
    char path[200], line[300];
    for (size_t i = 0; i < ROW_COUNT; i++) {
        fill_in(rows[i].path, path);
        snprintf(line, sizeof line, "PATCH %s", path);
        cr_expect_eq(api_ask(&kit, "guest", line, "{}"), 405, "%s", line);
        cr_expect(kit.reply.allow.len > 0, "%s", line);
    }
}
