#ifndef CONF_SETTINGS_HELP_H
#define CONF_SETTINGS_HELP_H

#include "base/bytes.h"

struct setting; // a row of the table, conf/settings.h

/* What is written about the settings, made of their table. */

/* Appends what values a setting takes, such as "a whole number of seconds, 0 to 65535". */
void settings_help_allowed(const struct setting *row, struct bytes *out);

void settings_help_text(struct bytes *out);     // --help-settings
void settings_help_markdown(struct bytes *out); // docs/settings.md

#endif
