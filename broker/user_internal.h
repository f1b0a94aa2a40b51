#ifndef BROKER_USER_INTERNAL_H
#define BROKER_USER_INTERNAL_H

#include "base/bytes.h"
#include "base/list.h"
#include "base/map.h"
#include "broker/user.h"

struct broker;
struct grant;

/* A user with what it may do. Strings are owned. */
struct account {
    struct map_node by_name; // broker.users_by_name
    struct list_node link;   // broker.users
    struct bytes name;
    struct bytes password_hash;
    struct bytes tags;
    enum password_hashing hashing;
    struct list grants; // struct grant.link: one a virtual host (broker/permission.c)
};

struct account *account_find(const struct broker *broker, struct slice name); // or NULL
void grants_free(struct account *account);
void users_free(struct broker *broker);

#endif
