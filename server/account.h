#ifndef SERVER_ACCOUNT_H
#define SERVER_ACCOUNT_H

#include "broker/effect.h"
#include "broker/user.h"

struct broker;

/* A user that the settings name, and its permissions in one virtual host. NULL is what was not
 * said; borrowed. */
struct new_account {
    const char *name;
    const char *password;
    struct slice tags;
    enum password_hashing hashing; // how the password is to be kept
    const char *configure;
    const char *write;
    const char *read;
};

/* Makes the user, or replaces password and tags of the one with this name. */
void account_put(struct broker *broker, const struct new_account *account, struct effects *fx);

/* Sets its permissions. False, with the reason in fx->error, if one is not a regular expression. */
bool account_permit(struct broker *broker, const struct new_account *account, struct slice vhost,
                    struct effects *fx);

#endif
