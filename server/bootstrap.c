#include "server/bootstrap.h"

#include "base/bytes.h"
#include "broker/broker.h"
#include "broker/pattern.h"
#include "broker/permission.h"
#include "broker/vhost.h"
#include "conf/format.h"
#include "conf/settings.h"
#include "server/auth.h"

/* An account to be made, and its permissions in one virtual host. NULL is what was not said. */
struct account {
    const char *name;
    const char *password;
    struct slice tags;
    const char *configure;
    const char *write;
    const char *read;
};

static struct slice slice_of(const char *text)
{
    return text ? format_slice(text) : (struct slice){0};
}

static void put_user(struct broker *broker, const struct account *account, struct effects *fx)
{
    uint8_t hash[PASSWORD_HASH_MAX];
    size_t len = 0;
    if (account->password) {
        len = password_hash_new(HASHING_SHA256, slice_of(account->password), hash);
    }
    broker_put_user(broker,
                    &(struct user){.name = slice_of(account->name),
                                   .password_hash = {hash, len},
                                   .hashing = HASHING_SHA256,
                                   .tags = account->tags},
                    fx);
}

static bool put_account(struct broker *broker, struct slice vhost, const struct account *account,
                        struct effects *fx)
{
    struct permission permission = {.configure = slice_of(account->configure),
                                    .write = slice_of(account->write),
                                    .read = slice_of(account->read)};
    put_user(broker, account, fx);
    enum amqp_reply reply =
        broker_set_permission(broker, slice_of(account->name), vhost, &permission, fx);
    if (reply != AMQP_OK) {
        struct text reason = fx->error;
        text_clear(&fx->error);
        text_format(&fx->error, "the permissions of user '%s' cannot be set: %s",
                    slice_of(account->name), text_slice(&reason));
    }
    return reply == AMQP_OK;
}

static bool put_default_user(struct broker *broker, const struct settings *settings,
                             struct effects *fx)
{
    struct bytes tags = {0};
    for (size_t i = 0; i < settings->default_user_tags.count; i++) {
        const struct setting_item *tag = &settings->default_user_tags.items[i];
        if (tag->on) {
            bytes_add(&tags, tags.len > 0 ? SLICE(",") : SLICE(""));
            bytes_add(&tags, slice_of(tag->name));
        }
    }
    struct account account = {.name = settings->default_user,
                              .password = settings->default_pass,
                              .tags = bytes_slice(&tags),
                              .configure = settings->default_permissions_configure,
                              .write = settings->default_permissions_write,
                              .read = settings->default_permissions_read};
    bool done = put_account(broker, slice_of(settings->default_vhost), &account, fx);
    bytes_finish(&tags);
    return done;
}

/* False only if the pattern is not a regular expression. */
static bool pattern_fits(const char *source, struct slice vhost, bool *fits, struct effects *fx)
{
    *fits = true;
    if (!source) {
        return true;
    }
    struct pattern *pattern = pattern_new(slice_of(source), &fx->error);
    if (!pattern) {
        return false;
    }
    *fits = pattern_matches(pattern, vhost);
    pattern_free(pattern);
    return true;
}

static bool put_further_user(struct broker *broker, struct slice vhost,
                             const struct default_user *user, struct effects *fx)
{
    bool fits;
    if (!pattern_fits(user->vhost_pattern, vhost, &fits, fx)) {
        return false;
    }
    struct account account = {.name = user->name,
                              .password = user->password,
                              .tags = slice_of(user->tags),
                              .configure = user->configure ? user->configure : ".*",
                              .write = user->write ? user->write : ".*",
                              .read = user->read ? user->read : ".*"};
    return !fits || put_account(broker, vhost, &account, fx);
}

bool bootstrap(struct broker *broker, const struct settings *settings,
               const struct bootstrap_options *options, struct effects *fx)
{
    struct slice vhost = slice_of(settings->default_vhost);
    struct vhost_metadata metadata = {.description = SLICE("Default virtual host")};
    if (options->users_come && options->vhosts_come) {
        return true;
    }
    broker_add_vhost(broker, vhost, fx);
    broker_set_vhost_metadata(broker, vhost, &metadata, fx);
    if (!options->users_come && !put_default_user(broker, settings, fx)) {
        return false;
    }
    for (size_t i = 0; i < settings->default_users.count; i++) {
        if (!put_further_user(broker, vhost, &settings->default_users.items[i], fx)) {
            return false;
        }
    }
    return true;
}

void bootstrap_loopback_users(struct auth *auth, const struct settings *settings)
{
    for (size_t i = 0; i < settings->loopback_users.count; i++) {
        if (settings->loopback_users.items[i].on) {
            auth_restrict_to_loopback(auth, slice_of(settings->loopback_users.items[i].name));
        }
    }
}
