#ifndef CONF_SETTINGS_PRINT_H
#define CONF_SETTINGS_PRINT_H

#include "conf/settings.h"

/* Appends all settings that have a value, as a file that would give them: reading it and printing
 * again yields the same bytes. With hide_secrets, passwords are left out. */
void settings_print(const struct settings *settings, bool hide_secrets, struct bytes *out);

#endif
