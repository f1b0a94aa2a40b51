#include "broker/user.h"
#include "broker/event.h"

#include <stdlib.h>

#include "base/memory.h"
#include "broker/broker_internal.h"
#include "broker/outcome_internal.h"
#include "broker/user_internal.h"

struct account *account_find(const struct broker *broker, struct slice name)
{
    struct map_node *node = map_get(&broker->users_by_name, name);
    return node ? container_of(node, struct account, by_name) : NULL;
}

static void set(struct bytes *bytes, struct slice value)
{
    bytes->len = 0;
    bytes_add(bytes, value);
}

static struct account *add_account(struct broker *broker, struct slice name)
{
    struct account *account = memory_new(sizeof *account);
    set(&account->name, name);
    list_init(&account->grants);
    for (int i = 0; i < USER_LIMIT_COUNT; i++) {
        account->limits[i] = LIMIT_NONE;
    }
    map_put(&broker->users_by_name, &account->by_name, bytes_slice(&account->name));
    list_push(&broker->users, &account->link);
    return account;
}

struct topology_user_put user_entry(const struct account *account)
{
    return (struct topology_user_put){
        .name = bytes_slice(&account->name),
        .password_hash = bytes_slice(&account->password_hash),
        .hashing = account->hashing,
        .tags = bytes_slice(&account->tags),
    };
}

void broker_put_user(struct broker *broker, const struct user *user, struct effects *fx)
{
    struct account *account = account_find(broker, user->name);
    const char *event = "user.created";
    if (!account) {
        account = add_account(broker, user->name);
    } else if (slice_eq(bytes_slice(&account->password_hash), user->password_hash)) {
        event = NULL;
    } else {
        event = user->password_hash.len > 0 ? "user.password.changed" : "user.password.cleared";
    }
    if (event) {
        event_user(broker, event, user->name);
    }
    event_user_tags(broker, user->name, user->tags);
    set(&account->password_hash, user->password_hash);
    set(&account->tags, user->tags);
    account->hashing = user->hashing;
    forget_rights(broker);
    struct topology topology = {.kind = TOPOLOGY_user_put, .user_put = user_entry(account)};
    outcome_topology(broker, &topology, fx);
}

static void account_free(struct account *account)
{
    list_unlink(&account->link);
    grants_free(account);
    bytes_finish(&account->name);
    bytes_finish(&account->password_hash);
    bytes_finish(&account->tags);
    free(account);
}

void broker_delete_user(struct broker *broker, struct slice name, struct effects *fx)
{
    struct account *account = account_find(broker, name);
    if (!account) {
        return;
    }
    struct topology topology = {.kind = TOPOLOGY_user_delete, .user_delete = {.name = name}};
    outcome_topology(broker, &topology, fx);
    map_remove(&broker->users_by_name, &account->by_name);
    account_free(account);
    forget_rights(broker);
}

bool broker_find_user(const struct broker *broker, struct slice name, struct user *out)
{
    const struct account *account = account_find(broker, name);
    if (!account) {
        return false;
    }
    *out = (struct user){
        .name = bytes_slice(&account->name),
        .password_hash = bytes_slice(&account->password_hash),
        .tags = bytes_slice(&account->tags),
        .hashing = account->hashing,
    };
    return true;
}

bool user_has_tag(const struct user *user, struct slice tag)
{
    struct slice rest = user->tags;
    while (rest.len > 0) {
        const uint8_t *comma = memchr(rest.ptr, ',', rest.len);
        size_t len = comma ? (size_t)(comma - rest.ptr) : rest.len;
        if (slice_eq((struct slice){rest.ptr, len}, tag)) {
            return true;
        }
        size_t used = comma ? len + 1 : len;
        rest = (struct slice){rest.ptr + used, rest.len - used};
    }
    return false;
}

void users_free(struct broker *broker)
{
    list_each(node, &broker->users) {
        account_free(container_of(node, struct account, link));
    }
}
