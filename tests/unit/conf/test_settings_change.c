#include "tests/unit/conf/kit.h"

#include "conf/choices.h"
#include "conf/settings_change.h"

static bool change(struct settings *settings, const char *key, const char *value)
{
    struct findings findings = {0};
    bool changed = settings_change(settings, format_slice(key), format_slice(value), &findings);
    cr_expect_eq(findings_count(&findings, FINDING_ERROR), changed ? 0 : 1, "%s", key);
    findings_finish(&findings);
    return changed;
}

Test(settings_change, the_last_limit_that_was_set_holds)
{
    struct settings *settings = settings_new();
    cr_assert(change(settings, "vm_memory_high_watermark.absolute", "600"));
    cr_expect_eq(settings_memory_limit(settings, 1000), 600);
    cr_assert(change(settings, "vm_memory_high_watermark.relative", "0.5"));
    cr_expect_eq(settings_memory_limit(settings, 1000), 500);
    cr_assert(change(settings, "disk_free_limit.absolute", "7"));
    cr_expect_eq(settings_disk_limit(settings, 1000), 7);
    cr_assert(change(settings, "disk_free_limit.relative", "2"));
    cr_expect_eq(settings_disk_limit(settings, 1000), 2000);
    cr_assert(change(settings, "disk_free_limit.absolute", "8"));
    cr_expect_eq(settings_disk_limit(settings, 1000), 8);
    settings_free(settings);
}

Test(settings_change, a_level_is_that_of_every_category)
{
    struct settings *settings = settings_new();
    settings->log_channel_level = LEVEL_ERROR;
    settings->log_default_level = LEVEL_NONE;
    cr_assert(change(settings, "log.console.level", "debug"));
    cr_expect_eq(settings->log_console_level, LEVEL_DEBUG);
    cr_expect_eq(settings->log_channel_level, CHOICE_UNSET);
    cr_expect_eq(settings->log_default_level, CHOICE_UNSET);
    settings_free(settings);
}

Test(settings_change, other_settings_and_wrong_values_change_nothing)
{
    struct settings *settings = settings_new();
    cr_expect_not(change(settings, "heartbeat", "7"));
    cr_expect_not(change(settings, "nosuch", "7"));
    cr_expect_not(change(settings, "vm_memory_high_watermark.relative", "much"));
    cr_expect_eq(settings->heartbeat, 60);
    cr_expect_eq(settings_memory_limit(settings, 1000), 600);
    settings_free(settings);
}

Test(settings_change, a_reload_takes_what_others_say_of_the_log)
{
    struct settings *settings = settings_new();
    struct settings *others = settings_new();
    others->log_console_level = LEVEL_WARNING;
    others->log_queue_level = LEVEL_ERROR;
    others->heartbeat = 7;
    settings_take_log(settings, others);
    cr_expect_eq(settings->log_console_level, LEVEL_WARNING);
    cr_expect_eq(settings->log_queue_level, LEVEL_ERROR);
    cr_expect_eq(settings->heartbeat, 60);
    settings_free(others);
    settings_free(settings);
}
