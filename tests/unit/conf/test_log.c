#include "tests/unit/conf/kit.h"

#include <time.h>

#include "conf/log.h"

/* A logger that writes to a pipe, at a fixed time, in the time zone of UTC. */
struct rig {
    struct logger *logger;
    struct settings *settings;
    int fds[2];
    char text[16384];
};

static int64_t fixed(void *arg)
{
    return *(int64_t *)arg;
}

static int64_t moment = 1787315696789012; // 2026-08-21 12:34:56.789012

static struct rig *rig_new(void)
{
    struct rig *rig = calloc(1, sizeof *rig);
    setenv("TZ", "UTC", 1);
    cr_assert_eq(pipe(rig->fds), 0);
    rig->logger = logger_new(rig->fds[1]);
    rig->settings = settings_new();
    logger_set_clock(rig->logger, fixed, &moment);
    return rig;
}

/* What was written since the last call. */
static const char *written(struct rig *rig)
{
    cr_assert_eq(write(rig->fds[1], "", 1), 1); // so that read does not wait
    ssize_t len = read(rig->fds[0], rig->text, sizeof rig->text - 1);
    cr_assert_gt(len, 0);
    rig->text[len] = '\0';
    return rig->text;
}

static void configure(struct rig *rig, const char *key, const char *value)
{
    put(rig->settings, key, value);
    logger_configure(rig->logger, rig->settings);
}

static void rig_free(struct rig *rig)
{
    logger_free(rig->logger);
    settings_free(rig->settings);
    close(rig->fds[0]);
    close(rig->fds[1]);
    free(rig);
}

Test(log, has_rabbitmqs_line_shape)
{
    struct rig *rig = rig_new();
    log_info(rig->logger, LOG_DEFAULT, "started TCP listener on %s:%d", "[::]", 5672);
    cr_assert_str_eq(written(rig), "2026-08-21 12:34:56.789012+00:00 [info] <0.1.0> "
                                   "started TCP listener on [::]:5672\n");
    log_about(rig->logger, LOG_CONNECTION, LEVEL_WARNING, 123, "gone");
    cr_assert_str_eq(written(rig), "2026-08-21 12:34:56.789012+00:00 [warning] <0.123.0> gone\n");
    rig_free(rig);
}

Test(log, shows_the_local_time_with_its_offset)
{
    struct rig *rig = rig_new();
    setenv("TZ", "ABC+03:30", 1); // west of Greenwich, as POSIX has it
    tzset();
    log_info(rig->logger, LOG_DEFAULT, "x");
    cr_assert_str_eq(written(rig), "2026-08-21 09:04:56.789012-03:30 [info] <0.1.0> x\n");
    rig_free(rig);
}

Test(log, takes_the_systems_time_by_itself)
{
    int fds[2];
    char text[128] = {0};
    cr_assert_eq(pipe(fds), 0);
    struct logger *logger = logger_new(fds[1]);
    log_info(logger, LOG_DEFAULT, "x");
    cr_assert_gt(read(fds[0], text, sizeof text - 1), 0);
    cr_assert_eq(strncmp(text, "20", 2), 0);
    cr_assert_str_eq(text + 32, " [info] <0.1.0> x\n");
    logger_free(logger);
}

Test(log, a_peer_cannot_write_a_line)
{
    struct rig *rig = rig_new();
    log_info(rig->logger, LOG_CONNECTION, "user '%s'",
             "a\r\n2026 [info] b\t\x1b[2J\x7f\xc2\x9b\xff ü");
    cr_assert_str_eq(written(rig), "2026-08-21 12:34:56.789012+00:00 [info] <0.1.0> user 'a\\r\\n"
                                   "2026 [info] b\\t\\x1b[2J\\x7f\\xc2\\x9b\\xff ü'\n");
    rig_free(rig);
}

Test(log, a_long_message_is_cut)
{
    struct rig *rig = rig_new();
    char text[2 * LOG_LINE_MAX];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    log_info(rig->logger, LOG_DEFAULT, "%s", text);
    const char *line = written(rig);
    cr_assert_eq(strlen(line),
                 strlen("2026-08-21 12:34:56.789012+00:00 [info] <0.1.0> ") + LOG_LINE_MAX);
    cr_assert_str_eq(line + strlen(line) - 6, "xx...\n");
    rig_free(rig);
}

static int evaluated(int *count)
{
    return ++*count;
}

Test(log, a_level_that_is_off_costs_no_arguments)
{
    struct rig *rig = rig_new();
    int count = 0;
    log_debug(rig->logger, LOG_DEFAULT, "%d", evaluated(&count));
    cr_assert_eq(count, 0);
    cr_assert_str_eq(written(rig), "");
    log_notice(rig->logger, LOG_DEFAULT, "%d", evaluated(&count));
    cr_assert_eq(count, 1);
    rig_free(rig);
}

Test(log, every_level_is_written_from_the_least_on)
{
    struct rig *rig = rig_new();
    configure(rig, "log.console.level", "warning");
    log_debug(rig->logger, LOG_DEFAULT, "a");
    log_info(rig->logger, LOG_DEFAULT, "b");
    log_notice(rig->logger, LOG_DEFAULT, "c");
    cr_assert_str_eq(written(rig), "");
    log_warning(rig->logger, LOG_DEFAULT, "d");
    log_error(rig->logger, LOG_DEFAULT, "e");
    log_critical(rig->logger, LOG_DEFAULT, "f");
    const char *text = written(rig);
    cr_assert_not_null(strstr(text, "[warning] <0.1.0> d\n"));
    cr_assert_not_null(strstr(text, "[error] <0.1.0> e\n"));
    cr_assert_not_null(strstr(text, "[critical] <0.1.0> f\n"));
    rig_free(rig);
}

Test(log, levels_can_change_while_it_runs)
{
    struct rig *rig = rig_new();
    cr_assert_not(logger_wants(rig->logger, LOG_CONNECTION, LEVEL_DEBUG));
    configure(rig, "log.console.level", "debug");
    cr_assert(logger_wants(rig->logger, LOG_CONNECTION, LEVEL_DEBUG));
    configure(rig, "log.console.level", "none");
    cr_assert_not(logger_wants(rig->logger, LOG_CONNECTION, LEVEL_EMERGENCY));
    configure(rig, "log.console.level", "info");
    cr_assert(logger_wants(rig->logger, LOG_CONNECTION, LEVEL_INFO));
    configure(rig, "log.console", "false");
    cr_assert_not(logger_wants(rig->logger, LOG_CONNECTION, LEVEL_CRITICAL));
    rig_free(rig);
}

Test(log, a_category_has_its_own_level)
{
    struct rig *rig = rig_new();
    configure(rig, "log.connection.level", "error");
    cr_assert_not(logger_wants(rig->logger, LOG_CONNECTION, LEVEL_WARNING));
    cr_assert(logger_wants(rig->logger, LOG_CONNECTION, LEVEL_ERROR));
    cr_assert(logger_wants(rig->logger, LOG_DEFAULT, LEVEL_INFO));
    configure(rig, "log.channel.level", "debug");
    cr_assert(logger_wants(rig->logger, LOG_CHANNEL, LEVEL_DEBUG));
    configure(rig, "log.default.level", "notice");
    cr_assert_not(logger_wants(rig->logger, LOG_QUEUE, LEVEL_INFO));
    cr_assert(logger_wants(rig->logger, LOG_CHANNEL, LEVEL_DEBUG));
    configure(rig, "log.console.level", "warning");
    cr_assert_not(logger_wants(rig->logger, LOG_CHANNEL, LEVEL_NOTICE));
    cr_assert_not(logger_wants(rig->logger, LOG_CONNECTION, LEVEL_WARNING));
    rig_free(rig);
}

Test(log, json_is_one_object_a_line)
{
    struct rig *rig = rig_new();
    configure(rig, "log.console.formatter", "json");
    log_about(rig->logger, LOG_CONNECTION, LEVEL_INFO, 7, "a \"b\" \\ %s ü", "\n\x01\x7f\xff");
    cr_assert_str_eq(written(rig),
                     "{\"time\":\"2026-08-21 12:34:56.789012+00:00\",\"level\":\"info\","
                     "\"msg\":\"a \\\"b\\\" \\\\ \\n\\u0001\\u007f\\ufffd ü\","
                     "\"pid\":\"<0.7.0>\",\"domain\":\"rabbitmq.connection\"}\n");
    rig_free(rig);
}

Test(log, tells_findings_by_their_kind)
{
    struct rig *rig = rig_new();
    struct findings findings = {0};
    findings_add(&findings, FINDING_WARNING, "x.conf:%d: %s", 6, "unknown\nsetting");
    findings_add(&findings, FINDING_ERROR, "bad");
    logger_tell(rig->logger, &findings);
    cr_assert_str_eq(written(rig), "2026-08-21 12:34:56.789012+00:00 [warning] <0.1.0> "
                                   "x.conf:6: unknown\\nsetting\n"
                                   "2026-08-21 12:34:56.789012+00:00 [error] <0.1.0> bad\n");
    findings_finish(&findings);
    rig_free(rig);
}

Test(log, a_descriptor_that_is_closed_is_no_harm)
{
    struct logger *logger = logger_new(-1);
    log_info(logger, LOG_DEFAULT, "x");
    logger_free(logger);
}
