#include "ctl/groups.h"

#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "ctl/number.h"
#include "ctl/run.h"

/* Settings that are changed in the running broker, until it ends. */

static int change(struct run *run, const char *key, const char *value)
{
    struct question question = {.method = "PUT", .path = http_path("leveret", "settings", NULL)};
    return run_change(run, question, json_pack("{s:s}", key, value));
}

static int change_number(struct run *run, const char *key, unsigned long long value)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", value);
    return change(run, key, text);
}

static bool is_level(const char *word)
{
    static const char *const levels[] = {"debug",    "info",  "notice",    "warning", "error",
                                         "critical", "alert", "emergency", "none"};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (strcmp(levels[i], word) == 0) {
            return true;
        }
    }
    return false;
}

static int set_log_level(struct run *run)
{
    const char *level = run_argument(run, 0);
    if (!is_level(level)) {
        return run_fail(run, EXIT_UNAVAILABLE,
                        "level %s is not supported. Try one of debug, info, warning, error, "
                        "critical, none",
                        level);
    }
    run_banner(run, "Setting log level to \"%s\" ...", level);
    return change(run, "log.console.level", level);
}

static int set_memory_absolute(struct run *run, const char *text)
{
    unsigned long long octets;
    struct whole whole;
    if (!whole_of(text, &whole)) {
        return run_misuse(run, EXIT_DATA, "Bad argument.");
    }
    if (!octets_of(&whole, &octets)) {
        return run_misuse(run, EXIT_DATA, "Bad argument: %s",
                          *whole.rest == '.' ? "The threshold should be an integer."
                                             : "Invalid units.");
    }
    if (octets == 0) {
        return run_misuse(run, EXIT_DATA, "Bad argument: The threshold should be above 0.");
    }
    run_banner(run, "Setting memory threshold on %s to %s bytes ...", run_node(run), text);
    return change_number(run, "vm_memory_high_watermark.absolute", octets);
}

static int set_memory_part(struct run *run, const char *text)
{
    double part;
    if (!fraction_of(text, &part)) {
        return run_misuse(run, EXIT_DATA, "Bad argument.");
    }
    if (part < 0 || part > 1) {
        return run_misuse(run, EXIT_DATA,
                          "Bad argument: The threshold should be a fraction between 0.0 and 1.0");
    }
    run_banner(run, "Setting memory threshold on %s to %s ...", run_node(run), text);
    return change(run, "vm_memory_high_watermark.relative", text + (*text == '+'));
}

static int set_memory(struct run *run)
{
    bool absolute = strcmp(run_argument(run, 0), "absolute") == 0;
    size_t count = run->options.argument_count;
    if (count != (absolute ? 2 : 1)) {
        return run_misuse(run, EXIT_USAGE,
                          count == 1 ? "not enough arguments." : "too many arguments.");
    }
    return absolute ? set_memory_absolute(run, run_argument(run, 1))
                    : set_memory_part(run, run_argument(run, 0));
}

static int set_disk_part(struct run *run, const char *text)
{
    double part;
    if (!fraction_of(text, &part) || part < 0) {
        return run_misuse(run, EXIT_DATA, "Bad argument.");
    }
    run_banner(run, "Setting disk free limit on %s to %s times the total RAM ...", run_node(run),
               text);
    return change(run, "disk_free_limit.relative", text + (*text == '+'));
}

static int set_disk_octets(struct run *run, const char *text)
{
    struct whole whole;
    unsigned long long octets;
    if (!whole_of(text, &whole) || !octets_of(&whole, &octets)) {
        return run_misuse(run, EXIT_DATA, "Bad argument.");
    }
    run_banner(run, "Setting disk free limit on %s to %s bytes ...", run_node(run), text);
    return change_number(run, "disk_free_limit.absolute", octets);
}

static int set_disk(struct run *run)
{
    bool relative = strcmp(run_argument(run, 0), "mem_relative") == 0;
    size_t count = run->options.argument_count;
    if (count != (relative ? 2 : 1)) {
        return run_misuse(run, EXIT_USAGE,
                          count == 1 ? "not enough arguments." : "too many arguments.");
    }
    return relative ? set_disk_part(run, run_argument(run, 1))
                    : set_disk_octets(run, run_argument(run, 0));
}

static int set_source_tracking(struct run *run)
{
    bool enable = run->command->name[0] == 'e';
    run_banner(run, "%s authentication attempt source tracking ...",
               enable ? "Enabling" : "Disabling");
    return change(run, "track_auth_attempt_source", enable ? "true" : "false");
}

static const struct command commands[] = {
    {.name = "disable_auth_attempt_source_tracking",
     .usage = "",
     .help = "Tells no more who tried to log in",
     .run = set_source_tracking},
    {.name = "enable_auth_attempt_source_tracking",
     .usage = "",
     .help = "Tells who tried to log in",
     .run = set_source_tracking},
    {.name = "set_disk_free_limit",
     .usage = "<disk_limit> | mem_relative <fraction>",
     .help = "Sets the disk_free_limit setting",
     .least = 1,
     .most = ANY_NUMBER,
     .run = set_disk},
    {.name = "set_log_level",
     .usage = "<log_level>",
     .help = "Sets log level in the running node",
     .least = 1,
     .most = 1,
     .run = set_log_level},
    {.name = "set_vm_memory_high_watermark",
     .usage = "<fraction> | absolute <value>",
     .help = "Sets the vm_memory_high_watermark setting",
     .least = 1,
     .most = ANY_NUMBER,
     .run = set_memory},
};

const struct command_group group_settings =
    COMMAND_GROUP("Settings, until the broker ends", commands);
