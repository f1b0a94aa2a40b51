#include "conf/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "conf/format.h"

struct logger {
    int fd; // borrowed, from the caller of logger_new
    enum log_level least[LOG_CATEGORY_COUNT];
    enum log_formatter formatter;
    log_clock clock;
    void *clock_arg;   // borrowed, from the caller of logger_set_clock
    struct bytes line; // under construction; kept for the next one
};

static const char *const level_names[] = {
#define W(enumerator, word) [enumerator] = word,
    LOG_LEVELS(W)
#undef W
};

static const char *const domains[] = {
#define C(category, domain, field) [category] = domain,
    LOG_CATEGORIES(C)
#undef C
};

static int64_t system_clock(void *arg)
{
    (void)arg;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct logger *logger_new(int fd)
{
    struct logger *logger = memory_new(sizeof *logger);
    logger->fd = fd;
    logger->formatter = FORMATTER_PLAINTEXT;
    logger->clock = system_clock;
    for (int i = 0; i < LOG_CATEGORY_COUNT; i++) {
        logger->least[i] = LEVEL_INFO;
    }
    return logger;
}

void logger_free(struct logger *logger)
{
    if (logger) {
        bytes_finish(&logger->line);
        free(logger);
    }
}

void logger_set_clock(struct logger *logger, log_clock clock, void *arg)
{
    logger->clock = clock;
    logger->clock_arg = arg;
}

/* A category's own level, else that of the default category, else that of the console, else info;
 * and never more than the console's. */
static enum log_level least_of(int category, int fallback, int console)
{
    int level = category != CHOICE_UNSET ? category : fallback;
    if (level == CHOICE_UNSET) {
        level = console != CHOICE_UNSET ? console : LEVEL_INFO;
    }
    return (enum log_level)(level > console ? level : console);
}

void logger_configure(struct logger *logger, const struct settings *settings)
{
    int console = settings->log_console ? settings->log_console_level : LEVEL_NONE;
    const int levels[] = {
#define C(category, domain, field) [category] = settings->field,
        LOG_CATEGORIES(C)
#undef C
    };
    for (int i = 0; i < LOG_CATEGORY_COUNT; i++) {
        logger->least[i] = least_of(levels[i], settings->log_default_level, console);
    }
    logger->formatter = (enum log_formatter)settings->log_console_formatter;
}

bool logger_wants(const struct logger *logger, enum log_category category, enum log_level level)
{
    return logger && level >= logger->least[category] && level != LEVEL_NONE;
}

static void add_time(struct bytes *out, int64_t microseconds)
{
    time_t seconds = (time_t)(microseconds / 1000000);
    struct tm local;
    localtime_r(&seconds, &local);
    long offset = local.tm_gmtoff / 60;
    long minutes = offset < 0 ? -offset : offset;
    format_add(out, "%04d-%02d-%02d %02d:%02d:%02d.%06d%c%02ld:%02ld", local.tm_year + 1900,
               local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec,
               (int)(microseconds % 1000000), offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

/* A line that cannot be written is lost: the broker does not wait for its log, nor stop for it. */
static void write_line(struct logger *logger)
{
    struct slice left = bytes_slice(&logger->line);
    while (left.len > 0) {
        ssize_t written = write(logger->fd, left.ptr, left.len);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return;
        }
        left = (struct slice){left.ptr + written, left.len - (size_t)written};
    }
}

static void add_plain(struct bytes *line, int64_t now, enum log_level level, uint64_t number,
                      struct slice message)
{
    add_time(line, now);
    format_add(line, " [%s] <0.%llu.0> ", level_names[level], (unsigned long long)number);
    format_add_escaped(line, message);
    bytes_add_u8(line, '\n');
}

static void add_json(struct bytes *line, int64_t now, enum log_level level, uint64_t number,
                     struct slice message, const char *domain)
{
    bytes_add(line, SLICE("{\"time\":\""));
    add_time(line, now);
    format_add(line, "\",\"level\":\"%s\",\"msg\":", level_names[level]);
    format_add_json(line, message);
    format_add(line, ",\"pid\":\"<0.%llu.0>\",\"domain\":\"%s\"}\n", (unsigned long long)number,
               domain);
}

void logger_write(struct logger *logger, enum log_category category, enum log_level level,
                  uint64_t number, const char *format, ...)
{
    if (!logger_wants(logger, category, level)) {
        return;
    }
    char text[LOG_LINE_MAX];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len < 0) {
        return;
    }
    if ((size_t)len >= sizeof text) {
        len = (int)sizeof text - 1;
        memcpy(text + len - 3, "...", 3);
    }
    struct slice message = {(const uint8_t *)text, (size_t)len};
    int64_t now = logger->clock(logger->clock_arg);
    logger->line.len = 0;
    if (logger->formatter == FORMATTER_JSON) {
        add_json(&logger->line, now, level, number, message, domains[category]);
    } else {
        add_plain(&logger->line, now, level, number, message);
    }
    write_line(logger);
}

void logger_tell(struct logger *logger, const struct findings *findings)
{
    static const enum log_level levels[] = {[FINDING_INFO] = LEVEL_INFO,
                                            [FINDING_WARNING] = LEVEL_WARNING,
                                            [FINDING_ERROR] = LEVEL_ERROR};
    for (size_t i = 0; i < findings->count; i++) {
        log_about(logger, LOG_DEFAULT, levels[findings->items[i].kind], LOG_BROKER, "%s",
                  findings->items[i].text);
    }
}
