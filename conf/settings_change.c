#include "conf/settings_change.h"

#include "conf/setting_field.h"

enum { REPLACED_MAX = 4 };

/* What can be changed, and what is no longer said then. */
static const struct {
    enum setting_id id;
    enum setting_id replaced[REPLACED_MAX];
    size_t count; // of those
} changes[] = {
    {SETTING_memory_watermark_relative, {SETTING_memory_watermark_absolute}, 1},
    {SETTING_memory_watermark_absolute, {0}, 0},
    {SETTING_disk_free_relative, {SETTING_disk_free_absolute}, 1},
    {SETTING_disk_free_absolute, {0}, 0},
    {SETTING_log_console_level,
     {SETTING_log_default_level, SETTING_log_connection_level, SETTING_log_channel_level,
      SETTING_log_queue_level},
     4},
    {SETTING_track_auth_attempt_source, {0}, 0},
};

enum { CHANGES = sizeof changes / sizeof *changes };

static size_t find_change(struct slice key)
{
    const struct setting *row = settings_find(key);
    size_t index = 0;
    while (index < CHANGES && (!row || changes[index].id != row->id)) {
        index++;
    }
    return index;
}

static void *field_of(struct settings *settings, enum setting_id id)
{
    return (char *)settings + settings_row(id)->offset;
}

static void reset(struct settings *settings, enum setting_id id)
{
    const struct setting *row = settings_row(id);
    setting_field_finish(field_of(settings, id), row->type);
    setting_field_default(field_of(settings, id), row);
    settings->source[id] = SOURCE_DEFAULT;
}

bool settings_change(struct settings *settings, struct slice key, struct slice value,
                     struct findings *findings)
{
    static const struct setting_origin origin = {.source = SOURCE_REQUEST, .name = "request"};
    size_t index = find_change(key);
    if (index == CHANGES) {
        findings_add(findings, FINDING_ERROR, "%.*s cannot be changed while the broker runs",
                     (int)key.len, (const char *)key.ptr);
        return false;
    }
    if (!settings_set(settings, key, value, origin, findings)) {
        return false;
    }
    for (size_t i = 0; i < changes[index].count; i++) {
        reset(settings, changes[index].replaced[i]);
    }
    return true;
}

void settings_take_log(struct settings *settings, const struct settings *others)
{
    settings->log_console = others->log_console;
    settings->log_console_level = others->log_console_level;
    settings->log_console_formatter = others->log_console_formatter;
    settings->log_default_level = others->log_default_level;
    settings->log_connection_level = others->log_connection_level;
    settings->log_channel_level = others->log_channel_level;
    settings->log_queue_level = others->log_queue_level;
}
