#ifndef BROKER_USER_INTERNAL_H
#define BROKER_USER_INTERNAL_H

#include "base/bytes.h"
#include "base/list.h"
#include "base/map.h"
#include "broker/count_limits.h"
#include "broker/topology.h"
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
    int64_t limits[USER_LIMIT_COUNT]; // by enum user_limit; LIMIT_NONE
    struct list grants;               // struct grant.link: one a virtual host (broker/permission.c)
};

/* How the journal tells of it; the slices are borrowed from the account. */
struct topology_user_put user_entry(const struct account *account);

struct topology_user_limit_put user_limit_entry(const struct account *account,
                                                enum user_limit which);

struct account *account_find(const struct broker *broker, struct slice name); // or NULL
void grants_free(struct account *account);
bool grants_any(const struct account *account); // whether the user may enter any virtual host

/* Nobody has permissions in this virtual host any more; the journal is not told. */
void grants_forget_vhost(struct broker *broker, struct slice vhost);

/* Encodes the permissions of the account in all virtual hosts: entries of topology, one by one. */
void grants_encode(const struct account *account, struct bytes *out);
void users_free(struct broker *broker);

#endif
