#include "server/bootstrap.h"

#include "base/bytes.h"
#include "broker/broker.h"
#include "broker/vhost.h"
#include "conf/format.h"
#include "conf/settings.h"
#include "server/account.h"
#include "server/auth.h"
#include "server/vhost_defaults.h"

static bool put_default_user(struct broker *broker, const struct settings *settings,
                             struct effects *fx)
{
    struct bytes tags = {0};
    for (size_t i = 0; i < settings->default_user_tags.count; i++) {
        const struct setting_item *tag = &settings->default_user_tags.items[i];
        if (tag->on) {
            bytes_add(&tags, tags.len > 0 ? SLICE(",") : SLICE(""));
            bytes_add(&tags, format_slice(tag->name));
        }
    }
    struct new_account account = {.hashing =
                                      (enum password_hashing)settings->password_hashing_module,
                                  .name = settings->default_user,
                                  .password = settings->default_pass,
                                  .tags = bytes_slice(&tags),
                                  .configure = settings->default_permissions_configure,
                                  .write = settings->default_permissions_write,
                                  .read = settings->default_permissions_read};
    account_put(broker, &account, fx);
    bool done = account_permit(broker, &account, format_slice(settings->default_vhost), fx);
    bytes_finish(&tags);
    return done;
}

bool bootstrap(struct broker *broker, const struct settings *settings,
               const struct bootstrap_options *options, struct effects *fx)
{
    struct slice vhost = format_slice(settings->default_vhost);
    struct vhost_metadata metadata = {.description = SLICE("Default virtual host")};
    if (options->users_come && options->vhosts_come) {
        return true;
    }
    broker_add_vhost(broker, vhost, fx);
    broker_set_vhost_metadata(broker, vhost, &metadata, fx);
    if (!options->users_come && !put_default_user(broker, settings, fx)) {
        return false;
    }
    return vhost_defaults_apply(broker, settings, vhost, fx);
}

void bootstrap_loopback_users(struct auth *auth, const struct settings *settings)
{
    for (size_t i = 0; i < settings->loopback_users.count; i++) {
        if (settings->loopback_users.items[i].on) {
            auth_restrict_to_loopback(auth, format_slice(settings->loopback_users.items[i].name));
        }
    }
}
