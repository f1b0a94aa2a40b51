#include "server/vhost_defaults.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "broker/broker.h"
#include "broker/count_limits.h"
#include "broker/pattern.h"
#include "broker/user.h"
#include "conf/format.h"
#include "conf/settings.h"
#include "server/account.h"
#include "server/policy_settings.h"

static const char limits_prefix[] = "default_limits.vhosts.";

/* False only if the pattern is not a regular expression; NULL fits everything. */
static bool pattern_fits(const char *source, struct slice vhost, bool *fits, struct effects *fx)
{
    *fits = true;
    if (!source) {
        return true;
    }
    text_clear(&fx->error);
    struct pattern *pattern = pattern_new(format_slice(source), &fx->error);
    if (!pattern) {
        return false;
    }
    *fits = pattern_matches(pattern, vhost);
    pattern_free(pattern);
    return true;
}

/* --- Limits. --- */

/* Takes "default_limits.vhosts.NAME.rest" apart; false if the item is another one's. */
static bool split(const struct setting_item *item, struct slice *name, const char **rest)
{
    size_t len = sizeof limits_prefix - 1;
    const char *dot =
        strncmp(item->name, limits_prefix, len) == 0 ? strchr(item->name + len, '.') : NULL;
    if (dot) {
        *name = (struct slice){(const uint8_t *)item->name + len, (size_t)(dot - item->name) - len};
        *rest = dot + 1;
    }
    return dot;
}

/* What the settings say under this name and this rest; NULL if nothing. */
static const char *said(const struct setting_list *list, struct slice name, const char *rest)
{
    struct slice other;
    const char *key;
    for (size_t i = 0; i < list->count; i++) {
        if (split(&list->items[i], &other, &key) && slice_eq(name, other) &&
            strcmp(key, rest) == 0) {
            return list->items[i].value;
        }
    }
    return NULL;
}

static bool put_limit(struct broker *broker, struct slice vhost, enum vhost_limit which,
                      const char *value, struct effects *fx)
{
    uint64_t number = 0;
    if (value && (!value_parse_number(format_slice(value), "", &number) || number > INT64_MAX)) {
        text_clear(&fx->error);
        text_format(&fx->error, "default_limits: '%s' is not a limit", format_slice(value));
        return false;
    }
    return !value || !broker_set_vhost_limit(broker, vhost, which, (int64_t)number, fx);
}

/* The first whose pattern fits has it all. */
static bool apply_limits(struct broker *broker, const struct settings *settings, struct slice vhost,
                         struct effects *fx)
{
    const struct setting_list *list = &settings->default_limits;
    for (size_t i = 0; i < list->count; i++) {
        struct slice name;
        const char *rest;
        bool fits;
        if (!split(&list->items[i], &name, &rest)) {
            continue;
        }
        if (!pattern_fits(said(list, name, "pattern"), vhost, &fits, fx)) {
            return false;
        }
        if (fits) {
            return put_limit(broker, vhost, VHOST_MAX_CONNECTIONS,
                             said(list, name, "max_connections"), fx) &&
                   put_limit(broker, vhost, VHOST_MAX_QUEUES, said(list, name, "max_queues"), fx);
        }
    }
    return true;
}

/* --- Users. --- */

/* A new virtual host, and what is known of it. */
struct newcomer {
    struct broker *broker;
    const struct settings *settings;
    struct slice vhost;
    struct effects *fx;
};

/* *made says if there is an account now that was not there before. */
static bool apply_user(const struct newcomer *to, const struct default_user *user, bool *made)
{
    bool fits;
    struct user existing;
    if (!pattern_fits(user->vhost_pattern, to->vhost, &fits, to->fx)) {
        return false;
    }
    struct new_account account = {.hashing =
                                      (enum password_hashing)to->settings->password_hashing_module,
                                  .name = user->name,
                                  .password = user->password,
                                  .tags = user->tags ? format_slice(user->tags) : SLICE(""),
                                  .configure = user->configure ? user->configure : ".*",
                                  .write = user->write ? user->write : ".*",
                                  .read = user->read ? user->read : ".*"};
    if (fits && !broker_find_user(to->broker, format_slice(user->name), &existing)) {
        account_put(to->broker, &account, to->fx);
        *made = true;
    }
    return !fits || account_permit(to->broker, &account, to->vhost, to->fx);
}

bool vhost_defaults_apply(struct broker *broker, const struct settings *settings,
                          struct slice vhost, struct effects *fx)
{
    struct newcomer to = {broker, settings, vhost, fx};
    size_t count = settings->default_users.count;
    bool *made = memory_new((count + 1) * sizeof *made);
    bool done = apply_limits(broker, settings, vhost, fx);
    for (size_t i = 0; i < count && done; i++) {
        done = apply_user(&to, &settings->default_users.items[i], &made[i]);
    }
    done = done && policy_settings_apply_to(broker, settings, vhost, fx);
    for (size_t i = 0; i < count && !done; i++) {
        if (made[i]) {
            broker_delete_user(broker, format_slice(settings->default_users.items[i].name), fx);
        }
    }
    free(made);
    return done;
}
