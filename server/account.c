#include "server/account.h"

#include "broker/broker.h"
#include "broker/permission.h"
#include "broker/user.h"
#include "conf/format.h"
#include "server/auth.h"

static struct slice slice_of(const char *text)
{
    return text ? format_slice(text) : (struct slice){0};
}

void account_put(struct broker *broker, const struct new_account *account, struct effects *fx)
{
    uint8_t hash[PASSWORD_HASH_MAX];
    size_t len = 0;
    if (account->password) {
        len = password_hash_new(account->hashing, slice_of(account->password), hash);
    }
    broker_put_user(broker,
                    &(struct user){.name = slice_of(account->name),
                                   .password_hash = {hash, len},
                                   .hashing = account->hashing,
                                   .tags = account->tags},
                    fx);
}

bool account_permit(struct broker *broker, const struct new_account *account, struct slice vhost,
                    struct effects *fx)
{
    struct permission permission = {.configure = slice_of(account->configure),
                                    .write = slice_of(account->write),
                                    .read = slice_of(account->read)};
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
