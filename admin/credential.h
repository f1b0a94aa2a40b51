#ifndef ADMIN_CREDENTIAL_H
#define ADMIN_CREDENTIAL_H

#include "base/text.h"

struct settings;

/* Whether a new password is what `credential_validator.*` wants; else why not, as RabbitMQ puts
 * it. */
bool credential_fits(const struct settings *settings, struct slice password, struct text *why);

#endif
