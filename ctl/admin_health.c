#include "ctl/admin_internal.h"

#include <stdlib.h>
#include <string.h>

/* The value of "name=value"; NULL if there is none. */
static const char *argument_of(const struct admin *admin, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 1; i < admin->argument_count; i++) {
        const char *argument = admin->arguments[i];
        if (strncmp(argument, name, len) == 0 && argument[len] == '=') {
            return argument + len + 1;
        }
    }
    return NULL;
}

/* The path of a check; NULL if there is no such check, or what it needs is missing. */
static char *path_of(const struct admin *admin, const char *check)
{
    const char *port = argument_of(admin, "port"), *protocol = argument_of(admin, "protocol");
    const char *plain = strcmp(check, "local_alarms") == 0              ? "local-alarms"
                        : strcmp(check, "cluster_wide_alarms") == 0     ? "alarms"
                        : strcmp(check, "node_is_quorum_critical") == 0 ? "node-is-quorum-critical"
                                                                        : NULL;
    if (plain) {
        return http_path("health", "checks", plain, NULL);
    }
    if (strcmp(check, "port_listener") == 0 && port) {
        return http_path("health", "checks", "port-listener", port, NULL);
    }
    if (strcmp(check, "protocol_listener") == 0 && protocol) {
        return http_path("health", "checks", "protocol-listener", protocol, NULL);
    }
    return strcmp(check, "deprecated_features_in_use") == 0
               ? http_path("deprecated-features", "used", NULL)
               : NULL;
}

/* Passed if the answer is good, and no list of anything. */
int admin_health_check(struct admin *admin)
{
    const char *check = admin->arguments[0] ? admin->arguments[0] : "";
    char *path = path_of(admin, check);
    if (!path) {
        return admin_misuse(admin, "Health check %s not understood", check);
    }
    json_t *answer = admin_ask(admin, "GET", path, NULL);
    bool passed = answer && json_array_size(answer) == 0;
    if (answer && !passed) {
        admin_die(admin, "health check failed");
    }
    json_decref(answer);
    if (passed && admin->verbose) {
        fputs("health check passed\n", admin->out);
    }
    return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
