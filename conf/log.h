#ifndef CONF_LOG_H
#define CONF_LOG_H

#include "conf/choices.h"
#include "conf/settings.h"

/* The log, for operators. Lines have RabbitMQ's shape:
 *
 *     2026-08-21 12:34:56.789012+00:00 [info] <0.1.0> text
 *
 * In place of an Erlang process stands <0.N.0>: N is LOG_BROKER for the broker itself, and the
 * number of a connection in the lines about it. A message is one line: control characters in it
 * are escaped, so that no peer can write a line of its own. What RabbitMQ says in two lines takes
 * two calls. With the JSON formatter a line is an object of time, level, msg, pid and domain. */
struct logger;

/* What a line is about; each has its own level (log.NAME.level). */
#define LOG_CATEGORIES(C)                                                                          \
    C(LOG_DEFAULT, "rabbitmq", log_default_level)                                                  \
    C(LOG_CONNECTION, "rabbitmq.connection", log_connection_level)                                 \
    C(LOG_CHANNEL, "rabbitmq.channel", log_channel_level)                                          \
    C(LOG_QUEUE, "rabbitmq.queue", log_queue_level)

enum log_category {
#define C(category, domain, field) category,
    LOG_CATEGORIES(C)
#undef C
        LOG_CATEGORY_COUNT
};

enum {
    LOG_BROKER = 1,
    LOG_LINE_MAX = 4096, // of a message; what is longer is cut and ends with "..."
};

/* A time in microseconds since 1970. */
typedef int64_t (*log_clock)(void *arg);

/* Logs at info and above, as text, to the descriptor, which stays the caller's. */
struct logger *logger_new(int fd);
void logger_free(struct logger *logger);

/* Takes levels and formatter from the settings; may be called at any time. */
void logger_configure(struct logger *logger, const struct settings *settings);

/* Takes the time from another clock than the system's. */
void logger_set_clock(struct logger *logger, log_clock clock, void *arg);

/* Whether a line of that level would be written (to no logger, NULL, none is): cheap, and asked by
 * the macros below before their arguments are looked at. */
bool logger_wants(const struct logger *logger, enum log_category category, enum log_level level);

__attribute__((format(printf, 5, 6))) void logger_write(struct logger *logger,
                                                        enum log_category category,
                                                        enum log_level level, uint64_t number,
                                                        const char *format, ...);

/* A line about what has that number: a connection. */
#define log_about(logger, category, level, number, ...)                                            \
    (logger_wants(logger, category, level)                                                         \
         ? logger_write(logger, category, level, number, __VA_ARGS__)                              \
         : (void)0)

#define log_debug(logger, category, ...)                                                           \
    log_about(logger, category, LEVEL_DEBUG, LOG_BROKER, __VA_ARGS__)
#define log_info(logger, category, ...)                                                            \
    log_about(logger, category, LEVEL_INFO, LOG_BROKER, __VA_ARGS__)
#define log_notice(logger, category, ...)                                                          \
    log_about(logger, category, LEVEL_NOTICE, LOG_BROKER, __VA_ARGS__)
#define log_warning(logger, category, ...)                                                         \
    log_about(logger, category, LEVEL_WARNING, LOG_BROKER, __VA_ARGS__)
#define log_error(logger, category, ...)                                                           \
    log_about(logger, category, LEVEL_ERROR, LOG_BROKER, __VA_ARGS__)
#define log_critical(logger, category, ...)                                                        \
    log_about(logger, category, LEVEL_CRITICAL, LOG_BROKER, __VA_ARGS__)

/* Writes what reading the settings had to say. */
void logger_tell(struct logger *logger, const struct findings *findings);

#endif
